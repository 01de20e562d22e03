"""A chunk at its offset in a content, and where two contents differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jupyter_mlversion.store.layout import Manifest

Range = tuple[int, int]
"""Offset and length, bytes."""


class Piece(NamedTuple):
    """Part of a content: `length` bytes at `offset`, and their hash."""

    offset: int
    length: int
    hash: bytes

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.length


def pieces_of(manifest: Manifest) -> list[Piece]:
    """The chunks of a content where they belong."""
    pieces, offset = [], 0
    for part in manifest.each_part():
        pieces.append(Piece(offset, part.length, part.hash))
        offset += part.length
    return pieces


def differing(before: Sequence[Piece], after: Sequence[Piece]) -> list[Range]:
    """The ranges that may differ, in order and apart from each other, up to the end of the longer content.

    They begin and end at cuts of both contents.
    """
    same = set(before) & set(after)
    return merged((piece.offset, piece.length) for piece in chain(before, after) if piece not in same)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """`ranges` in order, those that touch or overlap made one."""
    out: list[Range] = []
    for offset, length in sorted(ranges):
        if out and offset <= out[-1][0] + out[-1][1]:
            start, known = out[-1]
            out[-1] = (start, max(known, offset + length - start))
        else:
            out.append((offset, length))
    return out


def within(pieces: Iterable[Piece], ranges: Sequence[Range]) -> list[Piece]:
    """The pieces that have bytes in `ranges`, which are in order and apart."""
    found, left = [], list(reversed(ranges))
    for piece in pieces:
        while left and left[-1][0] + left[-1][1] <= piece.offset:
            left.pop()
        if not left:
            break
        if left[-1][0] < piece.end:
            found.append(piece)
    return found
