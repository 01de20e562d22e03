"""Reading and hashing large contents on all cores, in order and in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.layout import Part

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan import Cut
    from jupyter_mlversion.store.source import Source

_WINDOW = 2**20
"""Bytes that are read at once, where one piece is not longer: what a core's cache holds."""

_AHEAD = 6
"""Windows that are read and hashed before they are asked for; as many may be waiting to be written."""

_WIDEST = 8


class Window(NamedTuple):
    """Bytes of a content in memory, and the chunks that they are."""

    view: memoryview
    parts: list[Part]


Take = Callable[[Window], list[Future[None]]]
"""What is done with a window; the answer is what still needs its bytes."""


class Pipeline:
    """Some threads, made when they are first needed."""

    def __init__(self) -> None:
        self._made: ThreadPoolExecutor | None = None

    def begin(self, work: Callable[..., None], *arguments: object) -> Future[None]:
        """Let a thread do something."""
        return self._threads().submit(work, *arguments)

    def run(self, source: Source, cuts: Iterable[Cut], take: Take) -> None:
        """Hand the bytes of `source`, hashed, to `take`, from the first to the last.

        Ends early when the source turns out shorter than it said. Afterwards, nothing is under way.
        """
        ahead: deque[tuple[bytearray, int, Future[Window]]] = deque()
        behind: deque[tuple[bytearray, list[Future[None]]]] = deque()
        made = 0
        try:
            for offset, lengths in _windows(cuts):
                if len(ahead) == _AHEAD and not _next(ahead, behind, take):
                    return
                if made < 2 * _AHEAD:
                    buffer, made = bytearray(_WINDOW), made + 1
                else:
                    buffer = _freed(behind)
                if len(buffer) < sum(lengths):
                    buffer = bytearray(sum(lengths))
                reading = self._threads().submit(_hashed, source, buffer, offset, lengths)
                ahead.append((buffer, sum(lengths), reading))
            while ahead and _next(ahead, behind, take):
                pass
            while behind:
                _freed(behind)
        finally:
            wait([reading for _, _, reading in ahead])
            wait([writing for _, writes in behind for writing in writes])

    def close(self) -> None:
        """End the threads."""
        if self._made is not None:
            self._made.shutdown()
            self._made = None

    def _threads(self) -> ThreadPoolExecutor:
        if self._made is None:
            self._made = ThreadPoolExecutor(min(_WIDEST, max(2, len(os.sched_getaffinity(0)))), "store")
        return self._made


def _windows(cuts: Iterable[Cut]) -> Iterator[tuple[int, list[int]]]:
    """Where each window begins, and the lengths of its chunks."""
    offset = size = 0
    lengths: list[int] = []
    for length, _ in cuts:
        if lengths and size + length > _WINDOW:
            yield offset, lengths
            offset, size, lengths = offset + size, 0, []
        lengths.append(length)
        size += length
    if lengths:
        yield offset, lengths


def _hashed(source: Source, buffer: bytearray, offset: int, lengths: list[int]) -> Window:
    view = source.fill(buffer, offset, sum(lengths))
    parts, position = [], 0
    for length in lengths:
        piece = view[position:position + length]
        if piece:
            parts.append(Part(hash_of(piece), len(piece)))
        position += length
    return Window(view, parts)


def _next(ahead: deque[tuple[bytearray, int, Future[Window]]], behind: deque[tuple[bytearray, list[Future[None]]]],
          take: Take) -> bool:
    """Take the oldest window; whether it was as long as it should be."""
    buffer, length, reading = ahead.popleft()
    window = reading.result()
    if window.parts:
        behind.append((buffer, take(window)))
    return len(window.view) == length


def _freed(behind: deque[tuple[bytearray, list[Future[None]]]]) -> bytearray:
    """The buffer of the oldest window that was taken, once nobody needs it."""
    buffer, writes = behind[0]
    for writing in writes:
        writing.result()
    behind.popleft()
    return buffer
