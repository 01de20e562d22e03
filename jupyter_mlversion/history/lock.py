"""One writer at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.history.failure import os_failure
from jupyter_mlversion.store.flock import Flock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT = 60.0
"""Seconds that a writer waits for another."""


@contextmanager
def writing(path: Path, what: str = "the history", wait: float = WAIT) -> Iterator[tuple[int, ...]]:
    """The lock at `path` of the one who writes to `what`, as the file descriptors that a child process should inherit.

    A child that outlives a killed parent so keeps the lock until it is done, and nobody clears away what it works on.

    Raises
    ------
    Busy : another process holds it, for too long.
    FileFailure : the lock's file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Flock(path)
    except OSError as error:
        raise os_failure("locking " + what, error) from error
    try:
        _take(lock, what, wait)
        yield (lock.fd,)
    finally:
        lock.close()


def _take(lock: Flock, what: str, wait: float) -> None:
    try:
        granted = lock.take(patience=wait, pause=0.005)
    except OSError as error:
        raise os_failure("locking " + what, error) from error
    if not granted:
        message = f"another process is writing to {what}"
        raise Busy(message, hint="Wait until it is done, then try again.")
