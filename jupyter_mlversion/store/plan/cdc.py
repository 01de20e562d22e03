"""Cutting by content: where bytes look a certain way, so that an insertion moves only the cuts beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.cut import CHUNK

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

SHORTEST, USUAL, LONGEST = 2**15, 2**16, 2**18
"""Bytes of a chunk. Longer ones would make a changed row of a table cost more, shorter ones a larger index."""

_HUGE = 2**30
"""Bytes from which on a content is looked at in part only: all of it would cost more than to hash it."""

_UNSEEN = 15 * 2**16  # bytes of its chunks that are not looked at
_WINDOW = 2**22  # bytes that are read at once


def by_content(source: Source, start: int, end: int) -> Iterator[int]:
    """The lengths of the chunks from offset `start` to offset `end`, bytes; FastCDC by `pyfastcdc`."""
    from pyfastcdc import FastCDC

    cutter = FastCDC(USUAL, min_size=SHORTEST, max_size=LONGEST, normalized_chunking=2)
    while source.size >= _HUGE and start + _UNSEEN + LONGEST < end:
        view = source.read(start + _UNSEEN, LONGEST)
        if len(view) < LONGEST:
            break
        length = _UNSEEN + next(cutter.cut_buf(view)).length
        yield length
        start += length
    while start < end:
        wanted = min(_WINDOW, end - start)
        view = source.read(start, wanted)
        if len(view) < wanted:  # the file became shorter; who reads the pieces will see it too
            yield from blocks(end - start)
            return
        lengths = [chunk.length for chunk in cutter.cut_buf(view)]
        if start + wanted < end:
            lengths.pop()  # ended by the window and not by its bytes
        yield from lengths
        start += sum(lengths)


def blocks(length: int) -> Iterator[int]:
    """Chunks of 1 MiB; the last one may be up to half as long again."""
    while length:
        chunk = CHUNK if length > CHUNK + CHUNK // 2 else length
        yield chunk
        length -= chunk
