"""Putting: everything that is put between two flushes becomes one pack."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.domain.digest import digest_of_hash
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.content import Content
from jupyter_mlversion.store.layout import Manifest, Part
from jupyter_mlversion.store.source import BytesSource, FileSource, Source, pieces
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.index import Index
    from jupyter_mlversion.store.plan import Planner
    from jupyter_mlversion.store.room import Room

_TRIES = 3
_OVERHEAD_SHARE = 64  # footers take less than this share of what they describe, and
_OVERHEAD = 1024  # bytes more
_EMPTY = layout.footer_size(0, 0, 0)


class Batch:
    """Contents on their way into the store; got from `Store.batch`. Several threads may put, one at a time does.

    A put that raises leaves nothing of itself behind; the batch can go on.
    """

    def __init__(self, folder: Folder, index: Index, room: Room, planner: Planner) -> None:
        self._folder = folder
        self._index = index
        self._room = room
        self._planner = planner
        self._writer: Writer | None = None
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self._open = True

    def put_file(self, fd: int, progress: Progress = silent) -> Content:
        """Store the open regular file `fd`, from its start; the file's offset stays where it is.

        What is stored and what the digest names are the same bytes, whatever happens to the file meanwhile. A file that
        changes while it is read is read again, up to three times; if it never held still, the answer says so.

        Raises
        ------
        FileFailure : it is not a regular file, or cannot be read.
        QuotaReached, DiskFull : there is no room for it.
        """
        with self._putting():
            tries = _TRIES
            while True:
                tries -= 1
                source = FileSource(fd)
                mark = self._mark()
                content = self._put(source, progress)
                stable = source.held_still() and content.size == source.size
                if stable or not tries:
                    return Content(content.digest, content.size, content.new, stable)
                self._rewind(mark)

    def put_bytes(self, data: bytes) -> Content:
        """Store `data`.

        Raises
        ------
        QuotaReached, DiskFull : there is no room for it.
        """
        with self._putting():
            return self._put(BytesSource(data), silent)

    def flush(self) -> None:
        """Make what was put so far durable, and to be found by everyone.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; what was put since the last flush is not stored.
        """
        with self._usable():
            writer, self._writer = self._writer, None
            if writer is not None:
                name, size, footer = writer.commit()
                self._room.take(size)
                self._index.add(name, size, footer)

    def close(self) -> None:
        """Drop what was not flushed; the batch cannot be used any more."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            writer, self._writer, self._open = self._writer, None, False
            if writer is not None:
                writer.abort()

    @contextmanager
    def _usable(self) -> Iterator[None]:
        # the process first: a lock that another thread held at a fork is never free again in the child
        if os.getpid() != self._pid:
            raise RuntimeError("this batch belongs to another process")
        with self._lock:
            if not self._open:
                raise RuntimeError("this batch has ended")
            yield

    @contextmanager
    def _putting(self) -> Iterator[None]:
        with self._usable():
            mark = self._mark()
            try:
                yield
            except BaseException:
                self._rewind(mark)
                raise

    def _mark(self) -> tuple[int, int, int, int] | None:
        return self._writer.mark() if self._writer else None

    def _rewind(self, mark: tuple[int, int, int, int] | None) -> None:
        if self._writer is None:
            return
        if mark is None:
            writer, self._writer = self._writer, None
            writer.abort()
        else:
            self._writer.rewind(mark)

    def _put(self, source: Source, progress: Progress) -> Content:
        self._make_sure_of_room(source, progress)
        before = self._mark()
        whole, parts, new, size = blake3(), [], 0, 0
        for view in pieces(source, self._planner(source)):
            chunk = hash_of(view)
            if not self._has_chunk(chunk):
                new += self._writing().add_chunk(chunk, view)
            parts.append(Part(chunk, len(view)))
            size += len(view)
            if len(view) < source.size:  # a content of one chunk need not be hashed twice
                whole.update(view)
            progress("storing", size, source.size)
        content = parts[0].hash if len(parts) == 1 else whole.digest()
        if self._is_whole(content):
            self._rewind(before)
            new = 0
        else:
            self._writing().add_manifest(Manifest.of(content, parts))
        return Content(digest_of_hash(content), size, new, stable=True)

    def _writing(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._folder)
        return self._writer

    def _has_chunk(self, chunk: bytes) -> bool:
        written = self._writer is not None and chunk in self._writer.chunks
        return written or self._index.chunk(chunk) is not None

    def _is_whole(self, content: bytes) -> bool:
        """Whether the content could be had without its last put: it is listed, and so is every chunk that it needs."""
        if self._writer is not None and content in self._writer.manifests:
            return True
        manifest = self._index.manifest(content)
        return manifest is not None and all(self._index.chunk(part.hash) for part in manifest.each_part())

    def _make_sure_of_room(self, source: Source, progress: Progress) -> None:
        """Before anything is written, because a full disk would disturb more than us.

        Only where all of it might not fit, how much of it is new is found out first, by reading it once more.
        """
        growing = self._writer.nbytes if self._writer else len(layout.HEADER) + _EMPTY
        if self._room.has(source.size + source.size // _OVERHEAD_SHARE + _OVERHEAD, growing):
            return
        need, done = layout.footer_size(0, 0, 1) - _EMPTY, 0
        whole, seen = blake3(), set()
        for view in pieces(source, self._planner(source)):
            chunk = hash_of(view)
            whole.update(view)
            need += layout.footer_size(0, 1, 0) - _EMPTY
            if chunk not in seen and not self._has_chunk(chunk):
                seen.add(chunk)
                need += len(view) + layout.footer_size(1, 0, 0) - _EMPTY
                self._room.check(need, growing)
            done += len(view)
            progress("looking for room", done, source.size)
        if not self._is_whole(whole.digest()):
            self._room.check(need, growing)
