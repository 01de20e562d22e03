"""Writing one pack: it has no name until all of it is durable."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.encoding import RAW, Bytes, encode
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.layout import Chunk, Footer, Manifest

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder

Mark = tuple[int, int, int, int]


class Writer:
    """A growing pack in `folder`; the file is made with the first frame or at the end.

    `chunks` and `manifests` are what it holds so far, by hash.
    """

    def __init__(self, folder: Folder) -> None:
        self.chunks: dict[bytes, Chunk] = {}
        self.manifests: dict[bytes, Manifest] = {}
        self._folder = folder
        self._pid = os.getpid()
        self._fd, self._path = folder.grow()
        self._position = self._end = self._parts = 0
        try:
            self._append(layout.HEADER)
        except BaseException:
            self.abort()
            raise

    @property
    def nbytes(self) -> int:
        """Bytes that the pack would have if it ended here."""
        return self._position + layout.footer_size(len(self.chunks), self._parts, len(self.manifests))

    def add_chunk(self, chunk_hash: bytes, data: Bytes) -> int:
        """Write a chunk that is nowhere yet; bytes of its frame.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        encoding, frame = encode(data)
        offset = self._position
        self._append(frame)
        seal = chunk_hash if encoding == RAW else hash_of(frame)
        self.chunks[chunk_hash] = Chunk(chunk_hash, seal, offset, len(frame), len(data), encoding)
        return len(frame)

    def add_manifest(self, manifest: Manifest) -> None:
        """Note what a content consists of."""
        self.manifests[manifest.hash] = manifest
        self._parts += manifest.part_count

    def mark(self) -> Mark:
        """The present state, to `rewind` to."""
        return self._position, len(self.chunks), len(self.manifests), self._parts

    def rewind(self, mark: Mark) -> None:
        """Forget all that was added since `mark`."""
        self._position, chunks, manifests, self._parts = mark
        self.chunks = dict(islice(self.chunks.items(), chunks))
        self.manifests = dict(islice(self.manifests.items(), manifests))

    def commit(self) -> tuple[bytes, int, Footer]:
        """Make the pack durable under its name; the name, its bytes, and what it holds.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; nothing is left behind.
        """
        footer = Footer(tuple(self.chunks.values()), tuple(self.manifests.values()))
        data = layout.dump_footer(*footer)
        name = hash_of(data)
        try:
            self._append(data)
            self._append(layout.dump_trailer(len(data), name))
            with failures("writing a pack"):
                if self._end > self._position:
                    os.ftruncate(self._fd, self._position)
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

    def _append(self, data: Bytes) -> None:
        view, done = memoryview(data), 0
        with failures("writing a pack"):
            while done < len(view):
                done += os.pwrite(self._fd, view[done:], self._position + done)
        self._position += done
        self._end = max(self._end, self._position)
