"""PyTorch's `.pt` and `.pth` as they were before 1.6, and still are on request: five pickles, then the storages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.pickled import LONGEST, storages_in, texts_in
from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_MAGIC = bytes.fromhex("8a0a6cfc9c46f9206aa850192e")  # a pickled number
_BEFORE = 3  # pickles: the magic number, the version, and what machine it was
_COUNT = 8  # bytes that say how many elements a storage has


def is_torch(head: bytes) -> bool:
    """Whether a file begins so; the version of the pickle may differ."""
    return head[:1] == b"\x80" and head[2:].startswith(_MAGIC)


def regions(headers: Headers) -> Iterator[Region]:
    """The storages.

    Raises
    ------
    ValueError, IndexError, KeyError : it is none, or one of its storages is of an unknown kind.
    """
    pickles = io.BytesIO(headers.read(0, min(LONGEST, headers.size)))
    for _ in range(_BEFORE):
        texts_in(pickles)
    kinds = storages_in(pickles)
    keys = texts_in(pickles)
    position = pickles.tell()
    for key in keys:
        count = int.from_bytes(headers.read(position, _COUNT), "little")
        position += _COUNT
        yield Region(position, count * kinds[key].element, kinds[key].width)
        position += count * kinds[key].element
