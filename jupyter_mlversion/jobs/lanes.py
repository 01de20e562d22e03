"""A bounded pool of threads in which the work of one lane never overlaps and never overtakes."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Task = tuple[Future[Any], "Callable[[], Any]"]


class Lanes:
    """Threads that serve many lanes in turn.

    Parameters
    ----------
    workers : number of threads.
    """

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="mlversion-job")
        self._waiting: dict[str, deque[Task]] = {}
        self._lock = threading.Lock()

    def submit(self, lane: str, work: Callable[[], Any]) -> Future[Any]:
        """Do `work` after everything that was submitted to `lane` before; the answer is there when it is done.

        Raises
        ------
        RuntimeError : the pool was closed.
        """
        future: Future[Any] = Future()
        with self._lock:
            busy = lane in self._waiting
            if not busy:
                self._threads.submit(self._next, lane)
            self._waiting.setdefault(lane, deque()).append((future, work))
        return future

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        with self._lock:
            for queue in self._waiting.values():
                for future, _ in queue:
                    future.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _next(self, lane: str) -> None:
        with self._lock:
            future, work = self._waiting[lane].popleft()
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
                future.set_exception(error)
        self._release(lane)

    def _release(self, lane: str) -> None:
        """Let the lane's next task queue up behind the other lanes."""
        with self._lock:
            if not self._waiting[lane]:
                del self._waiting[lane]
                return
            try:
                self._threads.submit(self._next, lane)
            except RuntimeError:  # closed meanwhile: what waits was cancelled
                del self._waiting[lane]
