"""Writing a long file straight to the disk, past the OS's memory.

What is written the usual way is copied into memory that the OS has to find, and written to the disk from there. A file
that has to be durable at the end waits for the disk in any case; so a long one takes less time, and drives nothing else
out of that memory.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.store.failure import failures

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from jupyter_mlversion.store.encoding import Bytes

LONG = 32 * 2**20
"""Bytes from which a file is written past the OS's memory."""

SPAN = 4 * 2**20
"""Bytes that are written at once: fewer keep a disk less busy."""

_ALIGNMENT = 4096
"""Of memory, offset and length: no disk has larger blocks that is not refused, which is noticed."""


def buffer() -> memoryview:
    """Memory for `SPAN` bytes, aligned as disks want it."""
    return memoryview(mmap.mmap(-1, SPAN, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


class Outlet:
    """The way to the disk of one file; got from `outlet`."""

    def __init__(self, fd: int, *, direct: bool) -> None:
        self._fd = fd
        self._direct = direct and _turn(fd, on=True)

    def write(self, data: Bytes, offset: int) -> None:
        """Write `data`; past the OS's memory as far as it lies in a `buffer` and at an offset as disks want it.

        Raises
        ------
        DiskFull, FileFailure : the file cannot be written.
        """
        view, done = memoryview(data), 0
        while done < len(view):
            whole = (len(view) - done) // _ALIGNMENT * _ALIGNMENT
            if self._direct and not whole:
                self.close()
            with failures("writing the file"):
                try:
                    done += os.pwrite(self._fd, view[done:done + whole] if self._direct else view[done:], offset + done)
                except OSError as error:
                    if not self._direct or error.errno != errno.EINVAL:
                        raise
                    self.close()

    def close(self) -> None:
        """From now on, write the usual way."""
        if self._direct:
            self._direct = False
            _turn(self._fd, on=False)


@contextmanager
def outlet(fd: int, size: int) -> Iterator[Outlet]:
    """The way to the disk of the file `fd`, which gets `size` bytes; afterwards it is as every other open file."""
    opened = Outlet(fd, direct=size >= LONG and stat.S_ISREG(os.fstat(fd).st_mode))
    try:
        yield opened
    finally:
        opened.close()


class Stream:
    """Bytes of a file one after another, copied into a buffer while the one before is on its way to the disk."""

    def __init__(self, way: Outlet, pool: ThreadPoolExecutor) -> None:
        self._way = way
        self._pool = pool
        self._buffers = [buffer(), buffer()]
        self._flying: Future[None] | None = None
        self._offset = self._filled = 0

    def add(self, data: Bytes) -> None:
        """Take the next bytes.

        Raises
        ------
        DiskFull, FileFailure : the file cannot be written.
        """
        view = memoryview(data).cast("B")
        while view:
            count = min(len(view), SPAN - self._filled)
            self._buffers[0][self._filled:self._filled + count] = view[:count]
            self._filled, view = self._filled + count, view[count:]
            if self._filled == SPAN:
                self._send()

    def end(self) -> None:
        """Write what is left, and wait for it.

        Raises
        ------
        DiskFull, FileFailure : the file cannot be written.
        """
        self._send()
        self._land()

    def _send(self) -> None:
        self._land()
        full = self._buffers[0][:self._filled]
        self._flying = self._pool.submit(self._way.write, full, self._offset)
        self._offset, self._filled = self._offset + self._filled, 0
        self._buffers.reverse()

    def _land(self) -> None:
        flying, self._flying = self._flying, None
        if flying is not None:
            flying.result()


def _turn(fd: int, *, on: bool) -> bool:
    """Have the file written past the OS's memory, or not; whether that was done."""
    direct = getattr(os, "O_DIRECT", 0)  # there is none outside of Linux
    with suppress(OSError):
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | direct if on else flags & ~direct)
        return bool(direct)
    return False
