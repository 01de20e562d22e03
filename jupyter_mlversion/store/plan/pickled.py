"""What a pickle of PyTorch tells about storages: its words are looked at, and it is never loaded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

LONGEST = 2**20
"""Bytes of a pickle; looking at a longer one would take too long."""

_MOST = 500_000  # words
_NAMED = ("PERSID", "BINPERSID")
_MARK, _KEPT = "MARK", 3  # the kind of a storage, and its key, come after the word "storage"


class Numbers(NamedTuple):
    """What a storage consists of: bytes of an element, and of one number of it (a complex one has two)."""

    element: int
    width: int


_KINDS = {"DoubleStorage": Numbers(8, 8), "FloatStorage": Numbers(4, 4), "HalfStorage": Numbers(2, 2),
          "BFloat16Storage": Numbers(2, 2), "LongStorage": Numbers(8, 8), "IntStorage": Numbers(4, 4),
          "ShortStorage": Numbers(2, 2), "CharStorage": Numbers(1, 1), "ByteStorage": Numbers(1, 1),
          "BoolStorage": Numbers(1, 1), "ComplexFloatStorage": Numbers(8, 4), "ComplexDoubleStorage": Numbers(16, 8),
          "UntypedStorage": Numbers(1, 1), "Float8_e4m3fnStorage": Numbers(1, 1),
          "Float8_e5m2Storage": Numbers(1, 1)}


def storages_in(pickle: io.BytesIO) -> dict[str, Numbers]:
    """What the storages that the next pickle names consist of, by their keys; the position is behind it then.

    Raises
    ------
    ValueError, IndexError : it is none, or too long.
    """
    found: dict[str, Numbers] = {}
    memo: dict[Any, Any] = {}
    recent: list[Any] = []
    for word, value in _words(pickle):
        if word == _MARK:
            recent = []
        elif word in _NAMED and len(recent) >= _KEPT and isinstance(recent[2], str):
            kind = _KINDS.get(str(recent[1]).rpartition(" ")[2])
            if recent[0] == "storage" and kind:
                found[recent[2]] = kind
        elif word.endswith("PUT"):
            memo[value] = recent[-1] if recent else None
        elif word.endswith("GET"):
            recent.append(memo.get(value))
        elif value is not None:
            recent.append(value)
    return found


def texts_in(pickle: io.BytesIO) -> list[str]:
    """The texts in the next pickle, in order; the position is behind it then.

    Raises
    ------
    ValueError : it is none, or too long.
    """
    return [value for _, value in _words(pickle) if isinstance(value, str)]


def _words(pickle: io.BytesIO) -> Iterator[tuple[str, Any]]:
    from pickletools import genops  # only few files need it

    for count, (code, value, _) in enumerate(genops(pickle)):
        if count >= _MOST:
            raise ValueError("too long a pickle")
        yield code.name, value
