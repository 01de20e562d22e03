"""Putting: everything that is put between two flushes becomes one pack."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.domain.digest import digest_of_hash
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.bundle import FULL, Bundle
from jupyter_mlversion.store.clone import cloned
from jupyter_mlversion.store.content import Content
from jupyter_mlversion.store.encoding import RAW
from jupyter_mlversion.store.known import Known
from jupyter_mlversion.store.layout import Chunk, Frame, Manifest, Part
from jupyter_mlversion.store.pipeline import Pipeline, Window
from jupyter_mlversion.store.room import Room
from jupyter_mlversion.store.source import BytesSource, FileSource, Source, pieces
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.plan import Planner
    from jupyter_mlversion.store.plan.beside import Beside
    from jupyter_mlversion.store.room import Quota
    from jupyter_mlversion.store.site import Site

SMALL = 128 * 1024
"""Bytes up to which a content is one chunk, because it is not worth cutting."""

_MEDIUM = 2**20
"""Bytes up to which a content is read at once, and its chunks share frames."""

_TRIES = 3
_ON_THEIR_WAY = 4  # frames of small chunks
_OVERHEAD_SHARE = 64  # footers take less than this share of what they describe, and
_OVERHEAD = 1024  # bytes more
_GAPS_SHARE = 16  # gaps between frames take less than this share of them
_RECORDS = layout.footer_size(frames=1, chunks=1) - layout.footer_size()


class Batch:
    """Contents on their way into the store; got from `Store.batch`. Several threads may put, one at a time does.

    A put that raises leaves nothing of itself behind; the batch can go on. Only when the disk refuses what was put
    before is it of no more use: whatever is called then raises that.
    """

    def __init__(self, site: Site, *, quota: Quota, planner: Planner) -> None:
        self._site = site
        self._index = site.index
        self._planner = planner
        self._held = ExitStack()
        self._is_ready = False
        self._room = Room(site.root, quota, lambda: site.index.nbytes)
        self._pipeline = Pipeline()
        self._failure: BaseException | None = None
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self._open = True
        self._begin()

    def put_file(self, fd: int, progress: Progress = silent, beside: Beside | None = None) -> Content:
        """Store the open regular file `fd`, from its start; the file's offset stays where it is.

        What is stored and what the digest names are the same bytes, whatever happens to the file meanwhile. A file that
        changes while it is read is read again, up to three times; if it never held still, the answer says so.

        Raises
        ------
        FileFailure : it is not a regular file, or cannot be read.
        QuotaReached, DiskFull : there is no room for it.
        """
        self._check_process()
        with self._lock:
            self._ready()
            tries = _TRIES
            while True:
                tries -= 1
                source = FileSource(fd, beside)
                if source.size <= _MEDIUM:
                    data = source.whole()
                    stable = len(data) == source.size and source.held_still()
                    if stable or not tries:
                        return self._put_memory(data, progress, beside, stable=stable)
                    continue
                with self._undoing() as undo:
                    content = self._put_large(source, progress, undo)
                    stable = source.held_still() and content.size == source.size
                    if stable or not tries:
                        return replace(content, stable=stable)
                    undo()

    def put_bytes(self, data: bytes) -> Content:
        """Store `data`.

        Raises
        ------
        QuotaReached, DiskFull : there is no room for it.
        """
        self._check_process()
        with self._lock:
            self._ready()
            if len(data) <= _MEDIUM:
                return self._put_memory(data, silent)
            with self._undoing() as undo:
                return self._put_large(BytesSource(data), silent, undo)

    def flush(self) -> None:
        """Make what was put so far durable, and to be found by everyone.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; what was put since the last flush is not stored, and the
            batch is of no more use.
        """
        self._check_process()
        with self._lock:
            self._usable()
            self._send_bundle()
            self._settle()
            writer = self._writer
            if writer is None:
                return
            self._index.refresh()
            alone = self._index.is_current()
            self._begin()
            try:
                name, size, footer = writer.commit()
            except BaseException as error:
                self._failure = error
                raise
            self._index.add(name, size, footer, alone=alone)

    def close(self) -> None:
        """Drop what was not flushed; the batch cannot be used any more."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            self._open = False
            self._pipeline.close()
            writer = self._writer
            self._begin()
            if writer is not None:
                writer.abort()
            self._held.close()

    def _begin(self) -> None:
        """Nothing is put and not flushed."""
        self._writer: Writer | None = None
        self._bundle = Bundle()
        self._sent: deque[Future[None]] = deque()
        self._known = Known(self._index)
        self._spare = 0  # bytes that there is certainly room for
        self._waiting = 0  # bytes of chunks that are not written yet, or that shrank
        self._new: set[bytes] = set()  # chunks that will be in the pack
        self._fresh: list[bytes] = []  # those of them that the present put brought

    def _check_process(self) -> None:
        # before the lock: one that another thread held at a fork is never free again in the child
        if os.getpid() != self._pid:
            raise RuntimeError("this batch belongs to another process")

    def _usable(self) -> None:
        if not self._open:
            raise RuntimeError("this batch has ended")
        if self._failure is not None:
            raise self._failure

    def _ready(self) -> None:
        """Before the first put: have the lock, and know what is stored."""
        self._usable()
        if not self._is_ready:
            self._held.enter_context(self._site.storing())
            # only now: what was deleted before we had the lock must not be relied on
            if self._index.refresh():
                self._site.reader.close()
            self._is_ready = True

    @contextmanager
    def _undoing(self) -> Iterator[Callable[[], None]]:
        """Undo what the block added when it raises, or calls what it is given."""
        self._settle()
        writer, self._fresh = self._writer, []
        mark = None if writer is None else writer.mark()

        def undo() -> None:
            self._new.difference_update(self._fresh)
            self._fresh.clear()
            if writer is not None and mark is not None:
                writer.rewind(mark)
            elif self._writer is not None:
                begun, self._writer = self._writer, None
                begun.abort()

        try:
            yield undo
        except BaseException:
            undo()
            raise
        finally:
            self._fresh = []

    def _put_memory(self, data: bytes, progress: Progress, beside: Beside | None = None, *,
                    stable: bool = True) -> Content:
        """Put what is in memory already, as one chunk or as some that share frames with others."""
        size = len(data)
        if size + _RECORDS > self._spare:
            self._make_sure_of_room(BytesSource(data, beside), progress)
            self._spare = self._room.spare(self._growing())
        self._spare -= size + _RECORDS
        content, new = hash_of(data), 0
        if size:
            progress("storing", size, size)
        if not self._has_chunk(content):
            one = 0 < size <= SMALL
            new = self._add_chunk(content, data) if one else self._add_pieces(content, BytesSource(data, beside))
            if self._bundle.nbytes >= FULL:
                self._send_bundle()
        return Content(digest_of_hash(content), size, new, stable)

    def _add_chunk(self, chunk: bytes, data: Bytes) -> int:
        self._new.add(chunk)
        self._bundle.add(chunk, data)
        self._waiting += len(data)
        return len(data)

    def _add_pieces(self, content: bytes, source: BytesSource) -> int:
        if self._holds(content):
            return 0
        parts, new = [], 0
        for view in pieces(source, self._planner(source)):
            part = Part(hash_of(view), len(view))
            parts.append(part)
            if not self._has_chunk(part.hash):
                new += self._add_chunk(part.hash, view)
        self._list(content, parts)
        return new

    def _put_large(self, source: Source, progress: Progress, undo: Callable[[], None]) -> Content:
        """Put what is better read bit by bit, as chunks that lie in the pack as they are."""
        self._make_sure_of_room(source, progress)
        with self._clone_of(source) as clone:
            read = source if clone is None else FileSource(clone, source.beside)
            return self._put_windows(read, progress, undo, clone)

    def _put_windows(self, source: Source, progress: Progress, undo: Callable[[], None], clone: int | None) -> Content:
        whole, parts, new, size = blake3(), list[Part](), 0, 0

        def take(window: Window) -> list[Callable[[], None]]:
            nonlocal new
            whole.update(window.view)
            parts.extend(window.parts)
            # once something is known, no more: a few shared blocks can keep a long extent of a former file alive
            added, writes = self._place(window, clone if new == window.offset else None)
            new += added
            return writes

        def done(count: int) -> None:
            nonlocal size
            size += count
            progress("storing", size, source.size)

        self._pipeline.run(source, self._planner(source), take, done)
        content = whole.digest()
        if content not in self._fresh and self._holds(content):  # not for the one chunk that it just brought
            undo()
            new = 0
        else:
            self._list(content, parts)
        return Content(digest_of_hash(content), size, new, stable=True)

    def _clone_of(self, source: Source) -> AbstractContextManager[int | None]:
        """What shares its blocks with a file, if there can be such: then it need not be copied into the pack.

        Not when room is short: frames that share blocks have gaps between them.
        """
        wanted = source.size + source.size // _GAPS_SHARE
        if isinstance(source, FileSource) and self._room.has(wanted, self._growing()):
            return cloned(source.fd, self._site.root)
        return nullcontext()

    def _place(self, window: Window, clone: int | None) -> tuple[int, list[Callable[[], None]]]:
        """Make room for the chunks that are new, neighbours side by side; how many bytes, and what writes them."""
        unknown = {part.hash for part in window.parts} - self._new
        unknown -= self._known.held(unknown)
        runs: list[tuple[int, int, int]] = []  # start and end in the window, offset in the pack
        position = new = 0
        for chunk, length in window.parts:
            start, position = position, position + length
            if chunk in unknown:
                unknown.discard(chunk)
                self._new.add(chunk)
                self._fresh.append(chunk)
                like = None if clone is None else window.offset + start
                frame = Frame(chunk, 0, length, length, RAW)
                offset = self._writing().reserve(frame, [Chunk(chunk, 0, 0, length)], like=like)
                if runs and runs[-1][1] == start:
                    start, _, offset = runs.pop()
                runs.append((start, position, offset))
                new += length
        return new, [self._write(window, run, clone) for run in runs]

    def _write(self, window: Window, run: tuple[int, int, int], clone: int | None) -> Callable[[], None]:
        start, end, offset = run
        if clone is None:
            return partial(self._writing().write, window.view[start:end], offset)
        return partial(self._writing().share, window.view[start:end], offset, clone, window.offset + start)

    def _list(self, content: bytes, parts: list[Part]) -> None:
        """Have the pack say what a content consists of, unless that is the chunk of the same digest."""
        if len(parts) != 1 or parts[0].hash != content:
            self._writing().add_manifest(Manifest.of(content, parts))

    def _writing(self) -> Writer:
        if self._writer is None:
            current = self._index.is_current()
            self._writer = Writer(self._site.folder)
            if current:
                self._index.adopt()
        return self._writer

    def _send_bundle(self) -> None:
        """Have the chunks that share a frame encoded and written."""
        if not self._bundle.nbytes:
            return
        bundle, self._bundle = self._bundle, Bundle()
        self._sent.append(self._pipeline.begin(partial(bundle.write, self._writing())))
        if len(self._sent) > _ON_THEIR_WAY:
            self._settle(1)

    def _settle(self, count: int | None = None) -> None:
        """Wait for frames that are on their way."""
        try:
            for _ in range(len(self._sent) if count is None else count):
                self._sent.popleft().result()
        except BaseException as error:
            self._failure = error  # contents that were acknowledged are not going to be stored
            raise

    def _has_chunk(self, chunk: bytes) -> bool:
        return chunk in self._new or self._known.has(chunk)

    def _holds(self, content: bytes) -> bool:
        """Whether the content could be had without its last put: it is listed, and so is every chunk that it needs."""
        listed = self._writer is not None and content in self._writer.manifests
        if listed or self._has_chunk(content):
            return True
        manifest = self._site.reader.manifest(content)
        if manifest is None:
            return False
        parts = {part.hash for part in manifest.each_part()}
        parts -= self._known.held(parts)
        return parts <= self._new and parts.isdisjoint(self._fresh)

    def _make_sure_of_room(self, source: Source, progress: Progress) -> None:
        """Before anything is written, because a full disk would disturb more than us.

        Only where all of it might not fit, how much of it is new is found out first, by reading it once more.
        """
        self._spare = 0
        room, growing = self._room, self._growing()
        if room.has(source.size + source.size // _OVERHEAD_SHARE + _OVERHEAD, growing):
            return
        need, done = layout.MANIFEST_SIZE, 0
        whole, seen = blake3(), set()
        for view in pieces(source, self._planner(source)):
            chunk = hash_of(view)
            whole.update(view)
            need += layout.PART_SIZE
            if chunk not in seen and not self._has_chunk(chunk):
                seen.add(chunk)
                need += len(view) + _RECORDS
                room.check(need, growing)
            done += len(view)
            progress("looking for room", done, source.size)
        if not self._holds(whole.digest()):
            room.check(need, growing)

    def _growing(self) -> int:
        """Bytes that the pack may come to have with what was put so far."""
        written = len(layout.HEADER) + layout.footer_size() if self._writer is None else self._writer.nbytes
        return written + self._waiting + _RECORDS * len(self._new)
