"""One piece of long work, as the one who asked for it sees it."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import Cancelled, MlversionError

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT_SECONDS = 0.1
"""The least time between two reports of one job's progress."""


class JobState(StrEnum):
    """How a job stands; one that waits for its turn counts as running."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False)
class Job:
    """One piece of long work. Its worker thread calls `progress`; any thread may read it or cancel it.

    Parameters
    ----------
    kind : ``checkpoint``, ``join``, ``restore``, ``gc``…
    lane : jobs of the same lane run one after the other, in the order posted.
    notebook : what it is about, as the one who asked named it.
    report : called with the job when it has moved, at most ten times a second, and always when it ended.
    """

    kind: str
    lane: str
    notebook: str
    report: Callable[[Job], None]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: JobState = JobState.RUNNING
    phase: str = "waiting"
    done: int = 0
    total: int = 0
    result: Any = None
    error: dict[str, str] | None = None
    ended_at: float | None = None
    ended: Future[None] = field(default_factory=Future)
    _stop: threading.Event = field(default_factory=threading.Event)
    _first: threading.Lock = field(default_factory=threading.Lock)
    _reported: float = 0.0

    def progress(self, phase: str, done: int, total: int, /) -> None:
        """A `Progress` for the work itself.

        Raises
        ------
        Cancelled : someone called `cancel`.
        """
        self.check()
        changed = phase != self.phase
        self.phase, self.done, self.total = phase, done, total
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS or (changed and not self._reported):
            self._reported = now
            self.report(self)

    def check(self) -> None:
        """Stop here when the job was cancelled.

        Raises
        ------
        Cancelled : someone called `cancel`.
        """
        if self._stop.is_set():
            raise self._cancelled()

    def cancel(self) -> None:
        """Ask the work to stop: at once while it waits for its turn, else at its next call of `progress`."""
        self._stop.set()
        if self._begin():
            self._end(JobState.CANCELLED, self._cancelled().as_dict())

    def run(self, work: Callable[[Job], Any], unexpected: Callable[[Job, Exception], None]) -> None:
        """Do `work` in this thread and keep what came of it; `unexpected` hears of what nobody raised on purpose."""
        if not self._begin():
            return
        try:
            self.result = work(self)
        except Cancelled as error:
            self._end(JobState.CANCELLED, error.as_dict())
        except MlversionError as error:
            self._end(JobState.FAILED, error.as_dict())
        except Exception as error:  # noqa: BLE001 - a worker thread lives on, whatever a job does
            unexpected(self, error)
            self._end(JobState.FAILED, {"kind": "internal", "message": f"The {self.kind} failed unexpectedly.",
                                        "hint": "The server's log has the details."})
        else:
            self._end(JobState.DONE, None)

    def as_dict(self, *, result: bool = True) -> dict[str, Any]:
        """The job in the words of the HTTP API, `result` left out when it is not wanted."""
        plain = {"id": self.id, "kind": self.kind, "notebook": self.notebook, "state": str(self.state),
                 "phase": self.phase, "done": self.done, "total": self.total, "error": self.error}
        return plain | {"result": self.result} if result else plain

    def _begin(self) -> bool:
        """Whether the one who calls is the first to begin, or to end, the work."""
        return self._first.acquire(blocking=False)

    def _cancelled(self) -> Cancelled:
        return Cancelled(f"The {self.kind} was cancelled.")

    def _end(self, state: JobState, error: dict[str, str] | None) -> None:
        self.error = error
        self.ended_at = time.monotonic()
        self.state = state
        self.report(self)  # first: who waits for the end has then heard of it
        self.ended.set_result(None)
