"""One writer at a time; and a mark that shows when a writer died."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.repository.durable import os_failure
from jupyter_mlversion.store.flock import Flock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WAIT = 120.0
"""Seconds that a command waits for another process's checkpoint or restore."""


class WriterLock:
    """The lock that every change of history and workspace takes.

    Parameters
    ----------
    folder : ``.mlversion/locks``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = folder / "writing"
        self._held = threading.local()  # by this thread, in the process of that id

    @property
    def interrupted(self) -> bool:
        """Whether a writer is at work or died at it."""
        return self._mark.exists()

    @contextmanager
    def hold(self, recover: Callable[[], None], *, wait: float = WAIT) -> Iterator[None]:
        """Hold the lock; `recover` runs first when the last holder died.

        A thread that holds it may take it again.

        Raises
        ------
        Busy : another process held it for longer than `wait` seconds.
        """
        if getattr(self._held, "pid", None) == os.getpid():
            yield
            return
        lock = self._taken(wait)
        try:
            self._held.pid = os.getpid()
            died = self._mark.exists()
            self._touch()
            if died:
                recover()
            yield
        finally:
            # An error that was raised is an orderly end: only a death leaves the mark.
            self._held.pid = None
            try:
                self._mark.unlink(missing_ok=True)
            finally:
                lock.close()

    def _taken(self, wait: float) -> Flock:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = Flock(self._folder / "writer.lock")
            if lock.take(patience=wait):
                return lock
        except OSError as error:
            raise os_failure(error, self._folder) from error
        lock.close()
        message = "another process is writing a version or restoring one"
        raise Busy(message, hint="Wait until it is done, then try again.")

    def _touch(self) -> None:
        try:
            self._mark.touch()
        except OSError as error:
            raise os_failure(error, self._mark) from error
