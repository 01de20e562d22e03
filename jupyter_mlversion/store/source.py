"""Where bytes to be stored come from.

A file is read and never mapped: a mapped file that another process truncates kills the reader with SIGBUS.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store.failure import failure, failures

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan import Cut
    from jupyter_mlversion.store.plan.beside import Beside


class Source(Protocol):
    """Bytes that can be read at any offset, piece by piece."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def beside(self) -> Beside | None:
        """The files beside it, where some are known that may say what lies where in it."""

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`, fewer at the end; valid until the next read. For one thread at a time."""

    def fill(self, buffer: bytearray, offset: int, length: int) -> memoryview:
        """As `read`, for any number of threads with a buffer each, of `length` bytes or more, which is then taken."""


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes | memoryview, beside: Beside | None = None) -> None:
        self.beside = beside
        self._view = memoryview(data).cast("B")

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._view)

    def read(self, offset: int, length: int) -> memoryview:
        """A window of them; nothing is copied."""
        return self._view[offset:offset + length]

    def fill(self, _buffer: bytearray, offset: int, length: int) -> memoryview:
        """A window of them; nothing is copied."""
        return self.read(offset, length)


class FileSource:
    """An open regular file, as long as it was when this was made.

    Raises
    ------
    FileFailure : it is not a regular file, or cannot be read.
    """

    def __init__(self, fd: int, beside: Beside | None = None) -> None:
        self.fd = fd
        self.beside = beside
        self._state = self._look()
        self.size = self._state.st_size
        if not stat.S_ISREG(self._state.st_mode):
            message = "not a regular file: a pipe, device or folder cannot be stored"
            raise FileFailure(message, hint="Leave it out, with `ignore` in mlversion.toml.")
        self._buffer = bytearray()

    def read(self, offset: int, length: int) -> memoryview:
        """Copy a window of the file into one buffer that all reads share."""
        if len(self._buffer) < length:
            self._buffer = bytearray(length)
        return self.fill(self._buffer, offset, length)

    def fill(self, buffer: bytearray, offset: int, length: int) -> memoryview:
        """Copy a window of the file into a buffer."""
        view = memoryview(buffer)[:length]
        filled = 0
        with failures("reading the file"):
            while filled < length and (count := os.preadv(self.fd, [view[filled:]], offset + filled)):
                filled += count
        return view[:filled]

    def whole(self) -> bytes:
        """All of it, as far as it reaches by now."""
        try:
            data = os.pread(self.fd, self.size + 1, 0)
            while len(data) < self.size and (more := os.pread(self.fd, self.size - len(data), len(data))):
                data += more
        except OSError as error:
            raise failure("reading the file", error) from error
        return data

    def held_still(self) -> bool:
        """Whether the file is what it was when this was made, as far as its stat tells."""
        now, then = self._look(), self._state
        return (now.st_size, now.st_mtime_ns, now.st_ctime_ns) == (then.st_size, then.st_mtime_ns, then.st_ctime_ns)

    def _look(self) -> os.stat_result:
        try:  # not `failures`, which costs more than all else of a small file
            return os.fstat(self.fd)
        except OSError as error:
            raise failure("reading the file", error) from error


def pieces(source: Source, cuts: Iterable[Cut]) -> Iterator[memoryview]:
    """The bytes of `source` in pieces; ends early when the source turns out shorter than it said."""
    offset = 0
    for length, _ in cuts:
        view = source.read(offset, length)
        if view:
            yield view
        if len(view) < length:
            return
        offset += length
