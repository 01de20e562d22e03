"""Contents that lie in packs as they are, copied in long runs: one thread reads and hashes, the other one writes.

Two threads that write to one file wait for each other, and a buffer for each chunk costs more than its copy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from blake3 import blake3

from jupyter_mlversion.store.outlet import SPAN, buffer

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.place import Place

_BLOCK = 2**20
"""Bytes that are read and hashed at once: what a core's cache holds."""

_BUFFERS = 3

Fill = Callable[[bytes, int, memoryview], int]
"""Reads bytes of a pack from an offset on; how many there were."""


class Run(NamedTuple):
    """Bytes of a content side by side: `length` of them, from `start` on in a pack, at `offset` in the file."""

    pack: bytes
    start: int
    offset: int
    length: int


def runs_of(pieces: Sequence[Piece], places: Mapping[bytes, Place]) -> list[Run] | None:
    """The pieces of a content in as few runs as they are; None where one of them is nowhere as it is."""
    found: list[Run] = []
    for piece in pieces:
        place = places.get(piece.hash)
        if place is None or not place.raw or place.length != piece.length:
            return None
        run = Run(place.pack, place.offset + place.start, piece.offset, piece.length)
        last = found[-1] if found else None
        if last is not None and (last.pack, last.start + last.length) == (run.pack, run.start):
            found[-1] = last._replace(length=last.length + run.length)
        else:
            found.append(run)
    return found


def copy(runs: Sequence[Run], fill: Fill, write: Callable[[memoryview, int], object]) -> bytes:
    """Write all of `runs`, which follow one another; the hash of what was written, none at all when a pack ends early.

    Parameters
    ----------
    write : called with `SPAN` bytes in a `buffer`, at the end with fewer, and where in the file they belong.
    """
    from concurrent.futures import ThreadPoolExecutor

    whole, flying = blake3(), deque[tuple[int, memoryview, "Future[memoryview]"]]()

    def read(span: list[Run], into: memoryview) -> memoryview:
        filled = 0
        for run in span:
            view = into[filled:filled + run.length]
            if fill(run.pack, run.start, view) < run.length:
                raise EOFError
            whole.update(view)
            filled += run.length
        return into[:filled]

    def land() -> memoryview:
        offset, free, answer = flying.popleft()
        write(answer.result(), offset)
        return free

    with ThreadPoolExecutor(1, "fetch") as pool:
        try:
            for span in _spans(runs):
                into = buffer() if len(flying) < _BUFFERS else land()
                flying.append((span[0].offset, into, pool.submit(read, span, into)))
            while flying:
                land()
        except EOFError:
            return b""
        finally:
            pool.shutdown(cancel_futures=True)
    return whole.digest()


def _spans(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """What fills one buffer after the other, in runs that are not longer than a block."""
    span: list[Run] = []
    room = SPAN
    for run in runs:
        done = 0
        while done < run.length:
            length = min(run.length - done, room, _BLOCK)
            span.append(Run(run.pack, run.start + done, run.offset + done, length))
            done, room = done + length, room - length
            if not room:
                yield span
                span, room = [], SPAN
    if span:
        yield span
