"""Who stores and who deletes: contents that nothing names yet must not be taken for rubbish."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.folder import make_durably

_PAUSE = 0.02  # seconds between two tries


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """While the block runs, nobody gets `alone`; for as many at once as want it, nested too.

    Raises
    ------
    FileFailure : the file at `path` cannot be made or locked.
    """
    fd = _open(path)
    try:
        with failures("locking the store"):
            fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)


@contextmanager
def alone(path: Path, *, patience: float) -> Iterator[bool]:
    """While the block runs, nobody gets `shared`; whether that was granted within `patience` seconds.

    Raises
    ------
    FileFailure : the file at `path` cannot be made or locked.
    """
    fd = _open(path)
    try:
        yield _try(fd, time.monotonic() + patience)
    finally:
        os.close(fd)


def _open(path: Path) -> int:
    with failures("locking the store"):
        make_durably(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _try(fd: int, until: float) -> bool:
    while True:
        with failures("locking the store"):
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_PAUSE)
            else:
                return True
