"""Writing one pack: it has no name until all of it is durable."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.clone import BLOCK, share
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.layout import Chunk, Footer, Frame, Manifest, Part

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.folder import Folder

_WRITE_BACK = 32 * 2**20


class Mark(NamedTuple):
    """A state of a pack that is being written."""

    position: int
    frames: int
    chunks: int
    manifests: int
    extra: int


class Writer:
    """A growing pack in `folder`.

    `chunks` and `manifests` are what it holds so far, by hash. Frames may come from several threads; whoever rewinds or
    commits sees to it that none is on its way.
    """

    def __init__(self, folder: Folder) -> None:
        self.chunks: dict[bytes, Chunk] = {}
        self.manifests: dict[bytes, Manifest] = {}
        self._frames: list[Frame] = []
        self._folder = folder
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._fd, self._path = folder.grow()
        self._position = self._extra = 0
        self._written = self._asked = 0  # bytes, all told, and of these what the disk was asked to begin with
        try:
            self._append(layout.HEADER)
        except BaseException:
            self.abort()
            raise

    @property
    def nbytes(self) -> int:
        """Bytes that the pack would have if it ended here."""
        records = layout.footer_size(frames=len(self._frames), chunks=len(self.chunks), manifests=len(self.manifests))
        return self._position + self._extra + records

    def add_frame(self, frame: Bytes, chunks: Iterable[Part], *, seal: bytes | None = None, length: int | None = None,
                  encoding: int = 0, bases: bytes = b"") -> None:
        """Write a frame whose chunks, one after another from its start, are nowhere yet.

        Parameters
        ----------
        seal : hash of `frame`, when that is known already.
        length : bytes that it decodes to; by default, as many as it has.
        bases : hashes of the chunks that the decoder needs, one after another.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        record = Frame(seal or hash_of(frame), 0, len(frame), len(frame) if length is None else length, encoding, bases)
        position = 0
        placed = []
        for chunk, size in chunks:
            placed.append(Chunk(chunk, 0, position, size))
            position += size
        self.copy_frame(frame, record, placed)

    def copy_frame(self, frame: Bytes, record: Frame, chunks: Iterable[Chunk]) -> None:
        """Write a frame of another pack as it is.

        Parameters
        ----------
        record, chunks : what the other pack lists of it; where it lay there does not matter.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        self.write(frame, self.reserve(record, chunks))

    def reserve(self, record: Frame, chunks: Iterable[Chunk], *, like: int | None = None) -> int:
        """Make room for a frame behind the last one; where it begins. Somebody has to `write` or `share` it.

        Parameters
        ----------
        like : an offset; the frame will begin as many bytes behind a block as that does.
        """
        with self._lock:
            gap = 0 if like is None else (like - self._position) % BLOCK
            offset, number = self._position + gap, len(self._frames)
            self._position = offset + record.stored
            self._extra += len(record.bases)
            self._frames.append(record._replace(offset=offset))
            for chunk in chunks:
                self.chunks[chunk.hash] = chunk._replace(frame=number)
        return offset

    def write(self, data: Bytes, offset: int) -> None:
        """Write (part of) what there is room for at `offset`.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        view, done = memoryview(data), 0
        with failures("writing a pack"):
            while done < len(view):
                done += os.pwrite(self._fd, view[done:], offset + done)
            self._begin_write_back(done)

    def share(self, data: Bytes, offset: int, source: int, start: int) -> None:
        """As `write`, but the blocks of the file `source`, which has the data at `start`, are shared where they can be.

        The file must be one that nobody changes any more.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        view = memoryview(data)
        head = min(-offset % BLOCK, len(view))
        tail = head + (len(view) - head) // BLOCK * BLOCK
        if tail > head and share(source, start + head, self._fd, offset + head, tail - head):
            self.write(view[:head], offset)
            self.write(view[tail:], offset + tail)
        else:
            self.write(view, offset)

    def add_manifest(self, manifest: Manifest) -> None:
        """Note what a content consists of; one that is a single chunk needs no manifest."""
        self.manifests[manifest.hash] = manifest
        self._extra += len(manifest.parts)

    def mark(self) -> Mark:
        """The present state, to `rewind` to."""
        return Mark(self._position, len(self._frames), len(self.chunks), len(self.manifests), self._extra)

    def rewind(self, mark: Mark) -> None:
        """Forget all that was added since `mark`."""
        self._position, self._extra = mark.position, mark.extra
        with failures("writing a pack"):
            os.ftruncate(self._fd, self._position)  # what comes may leave gaps, which must be zero
        del self._frames[mark.frames:]
        self.chunks = dict(islice(self.chunks.items(), mark.chunks))
        self.manifests = dict(islice(self.manifests.items(), mark.manifests))

    def commit(self) -> tuple[bytes, int, Footer]:
        """Make the pack durable under its name; the name, its bytes, and what it holds.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; nothing is left behind.
        """
        footer = Footer(tuple(self._frames), tuple(self.chunks.values()), tuple(self.manifests.values()))
        data = layout.dump_footer(footer)
        name = hash_of(data)
        try:
            self._append(data + layout.dump_trailer(len(data), name))
            with failures("writing a pack"):
                os.fsync(self._fd)
                self._folder.publish(self._path, name)
        except BaseException:
            self.abort()
            raise
        os.close(self._fd)
        return name, self._position, footer

    def abort(self) -> None:
        """Leave nothing behind; in a forked child, nothing of the parent's is touched."""
        if os.getpid() == self._pid:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._fd)

    def _begin_write_back(self, count: int) -> None:
        """Now and then, have the disk begin with what was written: the fsync at the end is then short."""
        with self._lock:
            self._written += count
            start, length = self._asked, self._written - self._asked
            if length < _WRITE_BACK:
                return
            self._asked = self._written
        with suppress(OSError):  # it is but advice: Linux begins to write pages that it cannot drop
            os.posix_fadvise(self._fd, start, length, os.POSIX_FADV_DONTNEED)

    def _append(self, data: bytes) -> None:
        self.write(data, self._position)
        self._position += len(data)
