"""Contents written into files: several chunks at a time, each verified before it is written, the whole after."""

from __future__ import annotations

import functools
import os
import stat
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.clone import clone
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.outlet import LONG, Stream, outlet
from jupyter_mlversion.store.piece import Piece, Range, pieces_of, within
from jupyter_mlversion.store.straight import copy, runs_of

if TYPE_CHECKING:
    import ctypes
    from concurrent.futures import Future

    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.layout import Manifest
    from jupyter_mlversion.store.place import Place
    from jupyter_mlversion.store.reader import Reader

_WINDOW = 8 * 2**20
"""Bytes of chunks that are on their way at most; one chunk may be longer."""

_TOGETHER = 2**20
"""Bytes of small chunks that one thread fetches one after another."""

_EARLY = 32 * 2**20
"""Bytes after which the OS is asked to begin writing to the disk, so that the final sync is short."""

_WRITE = 2
"""Linux: begin to write, and do not wait."""

_THREADS = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)


class Fetch:
    """Writes what manifests say.

    Parameters
    ----------
    reader : has the chunks; asked from several threads.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def whole(
        self, manifest: Manifest, fd: int, base: tuple[int, Manifest] | None = None, progress: Progress = silent
    ) -> bool:
        """Write a content to the start of the empty file `fd`; whether the chunks make it up.

        The digest of the whole is that of its chunks, too: only when it is wrong is each of them looked at.

        Parameters
        ----------
        base : an open file, and what it holds if nothing changed it: what both have in common is taken from there where
            that is so and it is most of it, its blocks shared where the file system can.

        Raises
        ------
        CorruptChunk : a chunk cannot be had as it was stored.
        DiskFull, FileFailure : the file cannot be written.
        """
        pieces = pieces_of(manifest)
        source = _Base(base, fd) if base and _is_worth_it(pieces, pieces_of(base[1])) else None
        places = self._places(pieces)
        made = len(pieces) > 1 and self._write_quickly(pieces, fd, source, places, progress) == manifest.hash
        made = made or self._write_all(pieces, fd, source, self._checked(places), progress) == manifest.hash
        with failures("writing the file"):
            if stat.S_ISREG((state := os.fstat(fd)).st_mode) and state.st_size > manifest.size:
                os.ftruncate(fd, manifest.size)
        return made

    def _places(self, pieces: Sequence[Piece]) -> Mapping[bytes, Place]:
        """Where the chunks lie, with one question."""
        return self._reader.places({piece.hash for piece in pieces}) if len(pieces) > 1 else {}

    def _checked(self, places: Mapping[bytes, Place]) -> Callable[[bytes], Bytes]:
        return lambda chunk_hash: self._reader.chunk(chunk_hash, places.get(chunk_hash))

    def _quickly(self, places: Mapping[bytes, Place]) -> Callable[[bytes], Bytes]:
        def read(chunk_hash: bytes) -> Bytes:
            place = places.get(chunk_hash)
            data = self._reader.unchecked(place)
            return self._reader.chunk(chunk_hash, place) if data is None else data

        return read

    def _write_quickly(
        self, pieces: Sequence[Piece], fd: int, source: _Base | None, places: Mapping[bytes, Place], progress: Progress
    ) -> bytes:
        """Write the pieces, with no chunk compared with its digest; the hash of what was written."""
        runs = None if source else runs_of(pieces, places)
        if runs is None:
            return self._write_all(pieces, fd, source, self._quickly(places), progress)
        told = _Told(fd, pieces[-1].end, progress)
        try:
            with outlet(fd, pieces[-1].end) as way:

                def write(view: memoryview, offset: int) -> None:
                    way.write(view, offset)
                    told.add(len(view))

                return copy(runs, self._reader.fill, write)
        except FileNotFoundError:  # the pack went since it was looked up
            return b""

    def _write_all(
        self,
        pieces: Sequence[Piece],
        fd: int,
        source: _Base | None,
        read: Callable[[bytes], Bytes],
        progress: Progress,
    ) -> bytes:
        """Write the pieces; the hash of what was written."""
        if source is None and pieces and pieces[-1].end >= LONG:
            return _stream(pieces, fd, read, progress)

        def job(piece: Piece) -> Bytes:
            data = source.take(piece) if source else None
            if data is not None and source is not None and source.shared:
                return data
            if data is None:
                data = read(piece.hash)
            _write(fd, data, piece.offset)
            return data

        if len(pieces) == 1:
            _each(pieces, job, fd, None, progress)
            return pieces[0].hash
        whole = blake3()
        _each(pieces, job, fd, whole.update, progress)
        return whole.digest()

    def ranges(self, manifest: Manifest, fd: int, ranges: Sequence[Range], progress: Progress = silent) -> None:
        """Write those bytes of a content that lie in `ranges`, and let the file end where the content does.

        Raises
        ------
        CorruptChunk : a chunk cannot be had as it was stored.
        DiskFull, FileFailure : the file cannot be written.
        """
        pieces = within(pieces_of(manifest), ranges)
        read = self._checked(self._places(pieces))

        def job(piece: Piece) -> None:
            _write(fd, read(piece.hash), piece.offset)

        _each(pieces, job, fd, None, progress)
        with failures("writing the file"):
            os.ftruncate(fd, manifest.size)

    def check(self, manifest: Manifest, ranges: Sequence[Range]) -> None:
        """Read those bytes of a content that lie in `ranges`.

        Raises
        ------
        CorruptChunk : a chunk cannot be had as it was stored.
        """
        pieces = within(pieces_of(manifest), ranges)
        read = self._checked(self._places(pieces))

        def job(piece: Piece) -> None:
            read(piece.hash)

        _each(pieces, job, None, None, silent)


def holds(manifest: Manifest, fd: int, ranges: Sequence[Range]) -> bool:
    """Whether the file `fd` has the bytes of a content in `ranges`, as far as those go, and ends where it does."""
    if os.fstat(fd).st_size != manifest.size:
        return False
    wrong: list[Piece] = []

    def job(piece: Piece) -> None:
        if not wrong and hash_of(_read(fd, piece.offset, piece.length)) != piece.hash:
            wrong.append(piece)

    _each(within(pieces_of(manifest), ranges), job, None, None, silent)
    return not wrong


def _is_worth_it(pieces: Sequence[Piece], base: Sequence[Piece]) -> bool:
    """Whether most of a content is in another one, at the same place."""
    known = set(base)
    return 2 * sum(piece.length for piece in pieces if piece in known) > sum(piece.length for piece in pieces)


def _stream(pieces: Sequence[Piece], fd: int, read: Callable[[bytes], Bytes], progress: Progress) -> bytes:
    """Write a long content, one piece behind the other; the hash of what was written."""
    from concurrent.futures import ThreadPoolExecutor

    whole = blake3()
    with outlet(fd, pieces[-1].end) as way, ThreadPoolExecutor(1, "write") as pool:
        stream = Stream(way, pool)

        def then(data: Bytes) -> None:
            whole.update(data)
            stream.add(data)

        _each(pieces, lambda piece: read(piece.hash), fd, then, progress)
        stream.end()
    return whole.digest()


class _Base:
    """The present file as a source of chunks for the new file `fd`."""

    def __init__(self, base: tuple[int, Manifest], fd: int) -> None:
        self._from, manifest = base
        self._pieces = set(pieces_of(manifest))
        self.shared = False
        """Whether what is taken is in the new file already."""
        if clone(self._from, fd):
            self._from, self.shared = fd, True  # what is checked must be what is kept

    def take(self, piece: Piece) -> Bytes | None:
        """The bytes of a piece; None when they are not there, or cannot be read there."""
        if piece in self._pieces:
            with suppress(FileFailure):
                data = _read(self._from, piece.offset, piece.length)
                if hash_of(data) == piece.hash:
                    return data
        return None


def _each(
    pieces: Sequence[Piece],
    job: Callable[[Piece], Bytes | None],
    fd: int | None,
    then: Callable[[Bytes], object] | None,
    progress: Progress,
) -> None:
    """Do `job` for each piece, in several threads, and `then` with the answers, in order, here."""
    told = _Told(fd, sum(piece.length for piece in pieces), progress)
    with closing(_answers(pieces, job)) as answers:  # no thread may go on when this ends, in whatever way
        for piece, data in answers:
            if then is not None and data is not None:
                then(data)
            told.add(piece.length)


class _Told:
    """Tells how much of a file is written, and now and then has the disk begin with it."""

    def __init__(self, fd: int | None, total: int, progress: Progress) -> None:
        self._fd = fd
        self._total = total
        self._progress = progress
        self._done = self._early = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._fd is not None and self._done - self._early >= _EARLY:
            self._early = self._done
            _begin_write_back(self._fd)
        self._progress("restoring", self._done, self._total)


def _answers(
    pieces: Sequence[Piece], job: Callable[[Piece], Bytes | None]
) -> Generator[tuple[Piece, Bytes | None]]:
    """Each piece with what `job` says of it, in order; not many bytes are on their way at once."""
    if len(pieces) == 1 or _THREADS == 1:
        for piece in pieces:
            yield piece, job(piece)
        return
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[list[Piece], Future[list[Bytes | None]]]] = deque()
    held = 0

    def together(some: list[Piece]) -> list[Bytes | None]:
        return [job(piece) for piece in some]

    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for some, length in _neighbours(pieces):
                while waiting and held + length > _WINDOW:
                    first, future = waiting.popleft()
                    yield from zip(first, future.result(), strict=True)
                    held -= sum(piece.length for piece in first)
                waiting.append((some, pool.submit(together, some)))
                held += length
            while waiting:
                first, future = waiting.popleft()
                yield from zip(first, future.result(), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)


def _neighbours(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], int]]:
    """The pieces, small ones together, because neighbours are often in one frame; and how many bytes they are."""
    some: list[Piece] = []
    length = 0
    for piece in pieces:
        if some and length + piece.length > _TOGETHER:
            yield some, length
            some, length = [], 0
        some.append(piece)
        length += piece.length
    yield some, length


def _begin_write_back(fd: int) -> None:
    """Let the OS begin to write what is new of the file to the disk; what it holds in memory stays there."""
    function = _sync_file_range()
    if function is not None:
        function(fd, 0, 0, _WRITE)


@functools.cache
def _sync_file_range() -> ctypes._NamedFuncPointer | None:
    import ctypes

    function = getattr(ctypes.CDLL(None), "sync_file_range", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return function


def _read(fd: int, offset: int, length: int) -> bytes:
    with failures("reading the file"):
        data = os.pread(fd, length, offset)
        while len(data) < length and (more := os.pread(fd, length - len(data), offset + len(data))):
            data += more
    return data


def _write(fd: int, data: Bytes, offset: int) -> None:
    view = memoryview(data)
    with failures("writing the file"):
        while view:
            count = os.pwrite(fd, view, offset)
            view, offset = view[count:], offset + count
