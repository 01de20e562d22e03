"""NumPy's `.npy`: magic, version, length of the header, the header as the text of a Python dictionary, the array."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

MAGIC = b"\x93NUMPY"

_LONGEST = 2**16
_KIND = re.compile(rb"'descr': *'[<>|=]([a-zA-Z])([0-9]{1,4})")


def is_npy(head: bytes) -> bool:
    """Whether a file begins so."""
    return head.startswith(MAGIC)


def regions(headers: Headers) -> Iterator[Region]:
    """The array.

    Raises
    ------
    ValueError : it is none.
    """
    start, size = (10, 2) if headers.read(6, 1) == b"\1" else (12, 4)
    length = int.from_bytes(headers.read(8, size), "little")
    if length > _LONGEST:
        raise ValueError("no header is that long")
    kind = _KIND.search(headers.read(start, length))
    width = 1
    if kind:
        width = int(kind[2]) // 2 if kind[1] == b"c" else int(kind[2])  # complex: two floats
    yield Region(start + length, headers.size - start - length, max(width, 1))
