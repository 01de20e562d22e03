"""Reading packs; every byte that is handed out was checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jupyter_mlversion.domain.digest import digest_of_hash
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.encoding import Bytes, decode
from jupyter_mlversion.store.failure import failures

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Chunk, Footer

_HINT = "Run `mlversion verify --read-data` to see which versions are concerned."
_MANY = 16


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
    """Open packs of `folder`, a few at a time; a context manager that closes them."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._open: dict[bytes, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def read(self, name: bytes, chunk: Chunk) -> Bytes:
        """The bytes of `chunk` in the pack called `name`.

        Raises
        ------
        FileNotFoundError : there is no such pack.
        CorruptChunk : they are not what was stored.
        FileFailure : they cannot be read.
        """
        if name not in self._open:
            if len(self._open) >= _MANY:
                os.close(self._open.pop(next(iter(self._open))))
            self._open[name] = _open(self._folder.pack(name))
        return read_chunk(self._open[name], name, chunk)


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
        raise CorruptChunk(message, hint=_HINT) from error


def read_chunk(fd: int, name: bytes, chunk: Chunk, *, seal: bool = False) -> Bytes:
    """The bytes of `chunk` in the pack `fd`, called `name`.

    Parameters
    ----------
    seal : whether the frame too is checked; of use to find damage, not to read.

    Raises
    ------
    CorruptChunk : they are not what was stored.
    FileFailure : they cannot be read.
    """
    with failures("reading a pack"):
        frame = _read(fd, chunk.offset, chunk.stored)
    try:
        if seal and hash_of(frame) != chunk.seal:
            _wrong("its frame was changed")
        data = decode(chunk.encoding, frame, chunk.length)
        if hash_of(data) != chunk.hash:
            _wrong("its bytes have another digest")
    except ValueError as error:
        message = f"the chunk {digest_of_hash(chunk.hash)} in the pack {name.hex()}.pack is damaged: {error}"
        raise CorruptChunk(message, hint=_HINT) from error
    return data


def _open(path: Path) -> int:
    with failures("opening a pack"):
        try:
            return os.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            gone = error
    raise gone


def _checked_footer(fd: int, name: bytes) -> Footer:
    layout.check_header(_read(fd, 0, len(layout.HEADER)))
    end = os.fstat(fd).st_size - layout.TRAILER_SIZE
    if end < len(layout.HEADER):
        _wrong("it is too short")
    length, footer_hash = layout.load_trailer(_read(fd, end, layout.TRAILER_SIZE))
    start = end - length
    if start < len(layout.HEADER):
        _wrong("its footer is longer than the pack")
    data = _read(fd, start, length)
    if hash_of(data) != footer_hash:
        _wrong("its footer was changed")
    if footer_hash != name:
        _wrong("it has the name of another pack")
    footer = layout.load_footer(data)
    position = len(layout.HEADER)
    for chunk in footer.chunks:
        if chunk.offset != position:
            _wrong("its frames do not follow one another")
        position += chunk.stored
    if position != start:
        _wrong("its frames do not end where the footer begins")
    return footer


def _read(fd: int, offset: int, length: int) -> bytes:
    data = os.pread(fd, length, offset)
    while len(data) < length and (more := os.pread(fd, length - len(data), offset + len(data))):
        data += more
    return data


def _wrong(what: str) -> None:
    raise ValueError(what)
