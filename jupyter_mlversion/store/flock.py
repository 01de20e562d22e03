"""A lock on a file: the OS frees it when the last process that has the file open is gone."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Flock:
    """The file at `path`, made if need be and open, on which a lock can be had; `fd` is its descriptor.

    Each object has a lock of its own: two of them exclude each other in one thread, too.

    Raises
    ------
    OSError : the file cannot be made or opened.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._pid = os.getpid()

    def take(self, *, shared: bool = False, patience: float, pause: float = 0.02) -> bool:
        """Whether the lock was granted within `patience` seconds.

        Parameters
        ----------
        shared : for as many as want it so at once; else for one alone.
        pause : seconds between two tries.

        Raises
        ------
        OSError : the file system knows no locks.
        """
        kind = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self.fd, kind)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(pause)
            else:
                return True

    def close(self) -> None:
        """Give the lock back; in a child that was forked meanwhile, only the file is closed."""
        if os.getpid() == self._pid:
            with suppress(OSError):
                fcntl.flock(self.fd, fcntl.LOCK_UN)  # a child that was forked meanwhile would keep the lock
        os.close(self.fd)
