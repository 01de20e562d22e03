"""Where the bytes of a content were before it was changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.plan.region import Region
    from jupyter_mlversion.store.repack.known import Known

_MARGIN = 2**15  # bytes to either side that rows may have moved further than those around them


class Counterpart:
    """Finds in `before` what is in `after`, whose parent it is."""

    def __init__(self, before: Known, after: Known) -> None:
        self._before = before
        self._after = after

    def of_array(self, array: Region, offset: int) -> int | None:
        """The offset where the byte at `offset`, in an array, was: in the array of the same length at the same place

        in the order of those.
        """
        key = array.length, array.width
        same, was = self._after.arrays[key], self._before.arrays.get(key, ())
        index = same.index(array)
        return was[index].offset + offset - array.offset if index < len(was) else None

    def of_rows(self, start: int, end: int) -> tuple[int, int]:
        """Between which offsets what lies between `start` and `end` was.

        Chunks that both have tell what moved how far; between two of those, it is taken to have moved evenly.
        """
        left, right = self._around(start, end)
        here, there = right[0] - left[0], right[1] - left[1]
        stretch = there / here if here > 0 and there > 0 else 1.0
        first = left[1] + int((start - left[0]) * stretch) - _MARGIN
        last = left[1] + int((end - left[0]) * stretch) + _MARGIN
        return max(first, 0), min(last, self._before.size)

    def _around(self, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The nearest offsets to either side that are known in both contents: after, before."""
        index = bisect_right(self._ends, start) - 1
        left = (0, 0) if index < 0 else (self._shared[index].end, self._was(self._shared[index]).end)
        index = bisect_left(self._starts, end)
        if index == len(self._shared):
            return left, (self._after.size, self._before.size)
        return left, (self._shared[index].offset, self._was(self._shared[index]).offset)

    def _was(self, piece: Piece) -> Piece:
        return self._before.places[piece.hash]

    @cached_property
    def _shared(self) -> list[Piece]:
        return [piece for piece in self._after.pieces if piece.hash in self._before.places]

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.offset for piece in self._shared]

    @cached_property
    def _ends(self) -> list[int]:
        return [piece.end for piece in self._shared]
