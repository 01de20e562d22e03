"""Opening packs and finding out what they hold; the structure of a pack is checked here, its data by who reads it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import layout, version1
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.failure import failures

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Footer

HINT = "Run `mlversion verify --read-data` to see which versions are concerned."

_MANY = 32
_LOADERS: dict[int, Callable[[bytes], Footer]] = {
    version1.VERSION: version1.load_footer, layout.VERSION: layout.load_footer
}


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The file descriptor of the pack at `path`.

    Raises
    ------
    FileNotFoundError : there is no such pack.
    FileFailure : it cannot be opened.
    """
    fd = _open(path)
    try:
        yield fd
    finally:
        os.close(fd)


class Packs:
    """Open packs of `folder`, a few at a time, for any number of threads."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: dict[bytes, File] = {}

    def read(self, name: bytes, offset: int, length: int) -> bytes:
        """Bytes of the pack called `name`, fewer where it ends.

        Raises
        ------
        FileNotFoundError : there is no such pack.
        FileFailure : it cannot be read.
        """
        file = self.file(name)
        with failures("reading a pack"):
            return read(file.fd, offset, length)

    def fill(self, name: bytes, offset: int, view: memoryview) -> int:
        """As `read`, into `view`; how many bytes there were."""
        file, filled = self.file(name), 0
        with failures("reading a pack"):
            while filled < len(view) and (count := os.preadv(file.fd, [view[filled:]], offset + filled)):
                filled += count
        return filled

    def file(self, name: bytes) -> File:
        """The pack called `name`; it stays open as long as the answer is kept.

        Raises
        ------
        FileNotFoundError : there is no such pack.
        FileFailure : it cannot be opened.
        """
        with self._lock:
            file = self._open.get(name)
            if file is None or not os.fstat(file.fd).st_nlink:  # a file that is deleted takes room while it is open
                file = File(_open(self._folder.pack(name)))
                if name not in self._open and len(self._open) >= _MANY:
                    self._open.pop(next(iter(self._open)))
                self._open[name] = file
            return file

    def close(self) -> None:
        """Close what nobody reads any more."""
        with self._lock:
            self._open.clear()


class File:
    """A file descriptor that is closed when nobody holds this any more: another thread may be reading when it goes."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)


def read_footer(fd: int, name: bytes) -> Footer:
    """What the pack `fd`, called `name`, holds; its structure, not its data, is checked.

    Raises
    ------
    CorruptChunk : it is not a whole pack of that name.
    FileFailure : it cannot be read.
    """
    try:
        with failures("reading a pack"):
            return _checked_footer(fd, name)
    except ValueError as error:
        message = f"the pack {name.hex()}.pack is damaged: {error}"
        raise CorruptChunk(message, hint=HINT) from error


def gaps(footer: Footer) -> Iterator[tuple[int, int]]:
    """Where the zeros between frames begin and end."""
    position = len(layout.HEADER)
    for frame in footer.frames:
        if frame.offset > position:
            yield position, frame.offset
        position = frame.offset + frame.stored


def read(fd: int, offset: int, length: int) -> bytes:
    """Bytes of a file, fewer where it ends."""
    data = os.pread(fd, length, offset)
    while len(data) < length and (more := os.pread(fd, length - len(data), offset + len(data))):
        data += more
    return data


def _open(path: Path) -> int:
    with failures("opening a pack"):
        try:
            return os.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            gone = error
    raise gone


def _checked_footer(fd: int, name: bytes) -> Footer:
    version = layout.load_header(read(fd, 0, len(layout.HEADER)))
    if version not in _LOADERS:
        _wrong("it is of a format version that this program does not know")
    end = os.fstat(fd).st_size - layout.TRAILER_SIZE
    if end < len(layout.HEADER):
        _wrong("it is too short")
    length, footer_hash = layout.load_trailer(read(fd, end, layout.TRAILER_SIZE))
    start = end - length
    if start < len(layout.HEADER):
        _wrong("its footer is longer than the pack")
    data = read(fd, start, length)
    if hash_of(data) != footer_hash:
        _wrong("its footer was changed")
    if footer_hash != name:
        _wrong("it has the name of another pack")
    footer = _LOADERS[version](data)
    _check_frames(footer, start, layout.ALIGNMENT if version > version1.VERSION else 1)
    return footer


def _check_frames(footer: Footer, end: int, slack: int) -> None:
    position = len(layout.HEADER)
    for frame in footer.frames:
        if not position <= frame.offset < position + slack:
            _wrong("its frames do not follow one another")
        position = frame.offset + frame.stored
    if position != end:
        _wrong("its frames do not end where the footer begins")


def _wrong(what: str) -> NoReturn:
    raise ValueError(what)
