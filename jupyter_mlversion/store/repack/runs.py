"""Which chunks of a content share a frame, and what of its parent helps to encode them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.store.repack.counterpart import Counterpart

if TYPE_CHECKING:
    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.repack.known import Known

_FRAME = 2**19  # bytes of a frame of rows: enough to shrink well, few enough to read one of its chunks
_ARRAY = 2**12  # bytes; shorter pieces of arrays are treated as rows
_DEEPEST_FLOATS, _DEEPEST_ROWS = 8, 4


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
         depth: Callable[[bytes], int | None]) -> Iterator[Run]:
    """The runs that the wanted chunks of a content make.

    Parameters
    ----------
    depth : of a chunk that may be a base; None for any other. Asked only when a run is about to be made.
    """
    counterpart = Counterpart(parent, content) if parent else None
    rows: list[Piece] = []
    length = 0
    seen: set[bytes] = set()
    for piece in content.pieces:
        fresh = piece.hash not in seen and wanted(piece.hash)
        seen.add(piece.hash)
        numbers = content.floats(piece) if fresh and piece.length >= _ARRAY else None
        if rows and (not fresh or numbers or length + piece.length > _FRAME):
            yield _of_rows(tuple(rows), parent, counterpart, depth)
            rows, length = [], 0
        if numbers:
            array, lead = numbers
            run = Run((piece,), array.width, lead)
            was = counterpart.of_array(array, piece.offset) if counterpart else None
            yield run if parent is None or was is None else _based(run, parent, (was, was + piece.length), depth)
        elif fresh:
            rows.append(piece)
            length += piece.length
    if rows:
        yield _of_rows(tuple(rows), parent, counterpart, depth)


def _of_rows(pieces: tuple[Piece, ...], parent: Known | None, counterpart: Counterpart | None,
             depth: Callable[[bytes], int | None]) -> Run:
    run = Run(pieces)
    if parent is None or counterpart is None:
        return run
    return _based(run, parent, counterpart.of_rows(pieces[0].offset, pieces[-1].end), depth)


def _based(run: Run, parent: Known, where: tuple[int, int], depth: Callable[[bytes], int | None]) -> Run:
    """The run with what lies there in the parent as its bases: as far as that may be one; of numbers, all of it."""
    limit = _DEEPEST_FLOATS if run.width else _DEEPEST_ROWS
    found = parent.over(*where)
    depths = {piece.hash: at for piece in found if (at := depth(piece.hash)) is not None and at < limit}
    bases = tuple(piece for piece in found if piece.hash in depths)
    if not bases or (run.width and len(bases) < len(found)):
        return run
    skip = max(where[0] - bases[0].offset, 0)
    return replace(run, bases=bases, skip=skip, depth=max(depths.values()) + 1)
