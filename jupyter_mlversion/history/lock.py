"""One writer at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.history.failure import os_failure

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
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=wait)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(poll_interval=0.005)
    except Timeout as error:
        message = f"another process is writing to {what}"
        raise Busy(message, hint="Wait until it is done, then try again.") from error
    except OSError as error:
        raise os_failure("locking " + what, error) from error
    try:
        descriptor = lock._context.lock_file_fd  # noqa: SLF001 - filelock has no public name for it
        yield () if descriptor is None else (descriptor,)
    finally:
        lock.release()
