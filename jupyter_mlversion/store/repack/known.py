"""A content in the store, with what its planner knows about it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.kinds import regions_of

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.plan.beside import Beside
    from jupyter_mlversion.store.plan.region import Region

FLOATS = (2, 4, 8)


class Known:
    """The content that consists of `pieces`.

    Parameters
    ----------
    chunk : the verified bytes of the chunk with a hash.
    beside : what lay beside it.
    """

    def __init__(self, pieces: Sequence[Piece], chunk: Callable[[bytes], Bytes], beside: Beside | None = None) -> None:
        self.pieces = pieces
        self.beside = beside
        self.size = pieces[-1].end if pieces else 0
        self._chunk = chunk
        self._starts = [piece.offset for piece in pieces]

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`; so a planner can look at it again."""
        found = self.over(offset, offset + length)
        if not found:
            return memoryview(b"")
        skip = offset - found[0].offset
        return memoryview(b"".join(self._chunk(piece.hash) for piece in found))[skip:skip + length]

    def fill(self, _buffer: bytearray, offset: int, length: int) -> memoryview:
        """As `read`."""
        return self.read(offset, length)

    def over(self, start: int, end: int) -> Sequence[Piece]:
        """The pieces that have bytes between the two offsets."""
        return self.pieces[max(bisect_right(self._starts, start) - 1, 0):bisect_left(self._starts, end)]

    @cached_property
    def regions(self) -> list[Region]:
        """Its arrays and columns, in order."""
        return regions_of(self)

    @cached_property
    def places(self) -> dict[bytes, Piece]:
        """Its pieces by hash; of the same bytes at several places, the last."""
        return {piece.hash: piece for piece in self.pieces}

    @cached_property
    def arrays(self) -> dict[tuple[int, int], list[Region]]:
        """Its arrays by length and width."""
        found: dict[tuple[int, int], list[Region]] = {}
        for region in self.regions:
            found.setdefault((region.length, region.width), []).append(region)
        return found

    def floats(self, piece: Piece) -> tuple[Region, int] | None:
        """The array that a piece of it begins in, and how many bytes after the begin of the piece a number begins.

        None for pieces that do not consist of numbers.
        """
        first = max(bisect_right(self._region_starts, piece.offset) - 1, 0)
        found = self.regions[first:bisect_left(self._region_starts, piece.end)]
        if not found or {region.width for region in found} - {found[0].width} or found[0].width not in FLOATS:
            return None
        if found[0].offset > piece.offset or found[-1].offset + found[-1].length < piece.end:
            return None
        return found[0], (found[0].offset - piece.offset) % found[0].width

    @cached_property
    def _region_starts(self) -> list[int]:
        return [region.offset for region in self.regions]
