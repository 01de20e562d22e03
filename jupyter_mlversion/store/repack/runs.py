"""Which chunks of a content share a frame, and what of its parent helps to encode them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.store.repack.counterpart import Counterpart

if TYPE_CHECKING:
    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.repack.bases import Bases
    from jupyter_mlversion.store.repack.known import Known

_FRAME = 2**19  # bytes of a frame of rows: enough to shrink well, few enough to read one of its chunks
_ARRAY = 2**12  # bytes; shorter pieces of arrays are treated as rows
_DEEPEST = 2  # frames before one of rows that have to be decoded, one after another; each makes reading slower


@dataclass(frozen=True, slots=True)
class Run:
    """Chunks that become one frame.

    Parameters
    ----------
    pieces : the chunks, in order.
    width, lead : bytes of a number where they are numbers, else 0; and how many come before the first whole one.
    bases : what may help the decoder, in order.
    skip : the offset in the bases of what the first byte was.
    depth : how many frames have to be decoded before this one, one after another, if the bases are used.
    small : whether it had better share a frame with others, where the bases are of no use.
    """

    pieces: tuple[Piece, ...]
    width: int = 0
    lead: int = 0
    bases: tuple[Piece, ...] = ()
    skip: int = 0
    depth: int = 0
    small: bool = False

    @property
    def length(self) -> int:
        """Bytes."""
        return sum(piece.length for piece in self.pieces)


def runs(content: Known, parent: Known | None, wanted: Callable[[bytes], bool],
         bases: Bases) -> Iterator[Run]:
    """The runs that the wanted chunks of a content make; `bases` is asked only when a run is about to be made."""
    counterpart = Counterpart(parent, content) if parent else None
    rows: list[Piece] = []
    length = 0
    seen: set[bytes] = set()
    for piece in content.pieces:
        fresh = piece.hash not in seen and wanted(piece.hash)
        seen.add(piece.hash)
        numbers = content.floats(piece) if fresh and piece.length >= _ARRAY else None
        if rows and (not fresh or numbers or length + piece.length > _FRAME):
            yield _of_rows(tuple(rows), parent, counterpart, bases)
            rows, length = [], 0
        if numbers:
            array, lead = numbers
            run = Run((piece,), array.width, lead)
            was = counterpart.of_array(array, piece.offset) if counterpart else None
            yield run if parent is None or was is None else _of_numbers(run, parent, was, bases)
        elif fresh:
            rows.append(piece)
            length += piece.length
    if rows:
        yield _of_rows(tuple(rows), parent, counterpart, bases)


def _of_numbers(run: Run, parent: Known, was: int, bases: Bases) -> Run:
    """The run with the numbers that it is the difference of: its parent's, or, where those are one, what they are of.

    So no difference is of a difference, however long a series of models is.
    """
    found: list[Piece] = []
    for piece in parent.over(was, was + run.length):
        depth = bases.depth(piece.hash)
        base = piece.hash if depth == 0 else bases.root(piece.hash)
        if depth is None or base is None:
            return run
        found.append(piece._replace(hash=base))
    return replace(run, bases=tuple(found), skip=was - found[0].offset, depth=1) if found else run


def _of_rows(pieces: tuple[Piece, ...], parent: Known | None, counterpart: Counterpart | None, bases: Bases) -> Run:
    """The run with what was near to where it is: as far as that may be a base."""
    run = Run(pieces)
    if parent is None or counterpart is None:
        return run
    found = parent.over(*counterpart.of_rows(pieces[0].offset, pieces[-1].end))
    depths = {piece.hash: at for piece in found if (at := bases.depth(piece.hash)) is not None and at < _DEEPEST}
    if not depths:
        return run
    return replace(run, bases=tuple(piece for piece in found if piece.hash in depths), depth=max(depths.values()) + 1)
