"""Contents that lie in packs as they are, copied in long runs: one thread reads and hashes, the other one writes.

Two threads that write to one file wait for each other, and a buffer for each chunk costs more than its copy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from blake3 import blake3

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jupyter_mlversion.store.piece import Piece
    from jupyter_mlversion.store.place import Place

_BLOCK = 2**20
"""Bytes that are read at once: what a core's cache holds."""

_AHEAD = 4
"""Blocks that are read and not written yet."""

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
    """Write all of `runs`, in order; the hash of what was written, none at all when a pack ends before a run does."""
    from concurrent.futures import ThreadPoolExecutor

    whole, flying = blake3(), deque[tuple[Run, bytearray, "Future[memoryview]"]]()

    def read(block: Run, buffer: bytearray) -> memoryview:
        view = memoryview(buffer)[:block.length]
        if fill(block.pack, block.start, view) < block.length:
            raise EOFError
        whole.update(view)
        return view

    def land() -> bytearray:
        block, buffer, answer = flying.popleft()
        write(answer.result(), block.offset)
        return buffer

    with ThreadPoolExecutor(1, "fetch") as pool:
        try:
            for block in _blocks(runs):
                buffer = bytearray(_BLOCK) if len(flying) < _AHEAD else land()
                flying.append((block, buffer, pool.submit(read, block, buffer)))
            while flying:
                land()
        except EOFError:
            return b""
        finally:
            pool.shutdown(cancel_futures=True)
    return whole.digest()


def _blocks(runs: Sequence[Run]) -> Iterator[Run]:
    for run in runs:
        for done in range(0, run.length, _BLOCK):
            yield Run(run.pack, run.start + done, run.offset + done, min(_BLOCK, run.length - done))
