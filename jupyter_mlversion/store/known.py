"""Which chunks are stored already, for who asks often."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.store.index import Index

_OFTEN = 500
_MOST = 250_000
"""Hashes that are held in memory at most: about 25 MB of them."""


class Known:
    """The chunks that `index` lists, as long as nothing is removed from the store.

    One question costs the index more than its share of all hashes: after some questions these are fetched, when there
    are not too many.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._left = _OFTEN
        self._all: set[bytes] | None = None

    def has(self, chunk: bytes) -> bool:
        """Whether a chunk is in a pack; one that came since this was made may be missed."""
        if self._all is not None:
            return chunk in self._all
        self._left -= 1
        if self._left == 0:
            self._all = self._index.hashes(_MOST)
        return self._index.has(chunk)

    def held(self, chunks: Collection[bytes]) -> set[bytes]:
        """Those of the chunks that are in a pack."""
        return self._all.intersection(chunks) if self._all is not None else self._index.held(chunks)
