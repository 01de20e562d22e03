"""Reading and hashing large contents on all cores, in order and in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.layout import Part

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from jupyter_mlversion.store.plan import Cut
    from jupyter_mlversion.store.source import Source

_T = TypeVar("_T")

_WINDOW = 2**20
"""Bytes that are read at once, where one piece is not longer: what a core's cache holds."""

_WIDEST = 8


class Window(NamedTuple):
    """Bytes of a content in memory, from an offset on, and the chunks that they are."""

    offset: int
    view: memoryview
    parts: list[Part]


Take = Callable[[Window], list[Callable[[], None]]]
"""What is done with a window; the answer is what is still to be done with it, and may be done by several threads."""


class Pipeline:
    """Some threads, made when they are first needed.

    A window stays with one thread, which reads, hashes and writes it while it is in that core's cache.
    """

    def __init__(self) -> None:
        self._made: ThreadPoolExecutor | None = None
        self._width = min(_WIDEST, max(2, len(os.sched_getaffinity(0))))

    def begin(self, work: Callable[[], _T]) -> Future[_T]:
        """Let a thread do something, or do it at once where there can be no more threads: when the interpreter ends."""
        try:
            return self._threads().submit(work)
        except RuntimeError:
            from concurrent.futures import Future

            done: Future[_T] = Future()
            try:
                done.set_result(work())
            except Exception as error:  # noqa: BLE001 (whatever it is, who waits for it is told)
                done.set_exception(error)
            return done

    def run(self, source: Source, cuts: Iterable[Cut], take: Take, done: Callable[[int], None]) -> None:
        """Take the bytes of `source`, from the first to the last; ends early when it is shorter than it said.

        Afterwards, nothing is under way.

        Parameters
        ----------
        take : called with one window after the other, in some thread.
        done : called here with the bytes of each window, in order.
        """
        from concurrent.futures import wait

        flying: deque[tuple[bytearray, Future[int]]] = deque()
        lane = _Lane(source, take)
        try:
            for offset, lengths in _windows(cuts):
                buffer = bytearray()
                if len(flying) == 2 * self._width:
                    buffer, landed = flying.popleft()
                    done(landed.result())
                if len(buffer) < sum(lengths):
                    buffer = bytearray(max(sum(lengths), _WINDOW))
                flying.append((buffer, self.begin(partial(lane.go, lane.turn(), buffer, offset, lengths))))
                if lane.over:
                    break
            while flying:
                done(flying.popleft()[1].result())
        finally:
            lane.over = True
            wait([landed for _, landed in flying])

    def close(self) -> None:
        """End the threads."""
        if self._made is not None:
            self._made.shutdown()
            self._made = None

    def _threads(self) -> ThreadPoolExecutor:
        if self._made is None:
            from concurrent.futures import ThreadPoolExecutor

            self._made = ThreadPoolExecutor(self._width, "store")
        return self._made


class _Lane:
    """The windows of one content: read and written side by side, taken one after the other."""

    def __init__(self, source: Source, take: Take) -> None:
        self.over = False
        self._source = source
        self._take = take
        self._last = Lock()

    def turn(self) -> tuple[Lock, Lock]:
        """What the next window has to wait for, and what the one after that will wait for."""
        before, self._last = self._last, Lock()
        self._last.acquire()
        return before, self._last

    def go(self, turn: tuple[Lock, Lock], buffer: bytearray, offset: int, lengths: list[int]) -> int:
        """All that happens to a window; its bytes, as far as they were taken."""
        before, after = turn
        try:
            window = self._hashed(buffer, offset, lengths)
            with before:
                if self.over:  # the content ended before this window, or could not be taken
                    return 0
                rest = self._take(window)
                self.over = len(window.view) < sum(lengths)
        except BaseException:
            self.over = True
            raise
        finally:
            after.release()
        for work in rest:
            work()
        return len(window.view)

    def _hashed(self, buffer: bytearray, offset: int, lengths: list[int]) -> Window:
        view = self._source.fill(buffer, offset, sum(lengths))
        parts, position = [], 0
        for length in lengths:
            piece = view[position:position + length]
            if piece:
                parts.append(Part(hash_of(piece), len(piece)))
            position += length
        return Window(offset, view, parts)


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
