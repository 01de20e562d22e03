"""One writer at a time; and a mark that shows when a writer died."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.repository.durable import os_failure

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
        self._lock = FileLock(folder / "writer.lock")  # flock: freed by the OS when its holder dies

    @property
    def interrupted(self) -> bool:
        """Whether a writer is at work or died at it."""
        return self._mark.exists()

    @contextmanager
    def hold(self, recover: Callable[[], None], *, wait: float = WAIT) -> Iterator[None]:
        """Hold the lock; `recover` runs first when the last holder died.

        Raises
        ------
        Busy : another process held it for longer than `wait` seconds.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=wait)
        except Timeout as error:
            message = "another process is writing a version or restoring one"
            raise Busy(message, hint="Wait until it is done, then try again.") from error
        except OSError as error:
            raise os_failure(error, self._folder) from error
        try:
            outermost = self._lock.lock_counter == 1
            if outermost:
                died = self._mark.exists()
                self._touch()
                if died:
                    recover()
            yield
            if outermost:
                self._mark.unlink(missing_ok=True)
        except BaseException:
            # An error that was raised is an orderly end: only a death leaves the mark.
            if self._lock.lock_counter == 1:
                self._mark.unlink(missing_ok=True)
            raise
        finally:
            self._lock.release()

    def _touch(self) -> None:
        try:
            self._mark.touch()
        except OSError as error:
            raise os_failure(error, self._mark) from error
