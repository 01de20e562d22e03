"""Who stores and who deletes: contents that nothing names yet must not be taken for rubbish."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.folder import make_durably

_PAUSE = 0.02  # seconds between two tries
_WAIT = 60.0  # seconds, for who decides in an instant; one that was stopped must not stop every kernel


@contextmanager
def shared(path: Path, *, patience: float = _WAIT) -> Iterator[None]:
    """While the block runs, nobody gets `alone`; for as many at once as want it, nested too.

    Raises
    ------
    Busy : somebody was `alone` for `patience` seconds.
    FileFailure : the file at `path` cannot be made or locked.
    """
    with _locked(path, fcntl.LOCK_SH, patience) as granted:
        if not granted:
            message = "another process clears the store, and does not end"
            raise Busy(message, hint="Wait until it is done, or end it, then try again.")
        yield


@contextmanager
def alone(path: Path, *, patience: float) -> Iterator[bool]:
    """While the block runs, nobody gets `shared`; whether that was granted within `patience` seconds.

    Raises
    ------
    FileFailure : the file at `path` cannot be made or locked.
    """
    with _locked(path, fcntl.LOCK_EX, patience) as granted:
        yield granted


@contextmanager
def _locked(path: Path, kind: int, patience: float) -> Iterator[bool]:
    fd, pid = _open(path), os.getpid()
    try:
        yield _try(fd, kind, time.monotonic() + patience)
    finally:
        if os.getpid() == pid:
            with suppress(OSError):
                fcntl.flock(fd, fcntl.LOCK_UN)  # a child that was forked meanwhile would keep the lock
        os.close(fd)


def _open(path: Path) -> int:
    with failures("locking the store"):
        make_durably(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _try(fd: int, kind: int, until: float) -> bool:
    while True:
        with failures("locking the store"):
            try:
                fcntl.flock(fd, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_PAUSE)
            else:
                return True
