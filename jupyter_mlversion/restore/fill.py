"""Making the new files of a restore, several at a time, and all of them durable at the end."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.restore.durable import can_sync_at_once, sync_at_once
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.files import Form, write_new
from jupyter_mlversion.restore.tree import open_folder, parts_of

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.restore.record import Step
    from jupyter_mlversion.restore.shelf import Shelves
    from jupyter_mlversion.store import Store

_LARGE = 4 * 2**20
"""Bytes from which a file is made alone, its chunks in several threads; smaller ones are made beside each other."""

_TOGETHER = 64
"""Small files that one thread makes before it looks up."""

_MANY = 32
"""New files from which one sync of their file system is cheaper than one of each."""

Work = tuple["Step", "Artifact"]
"""A step and what its new file is to be."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_THREADS = min(4, os.cpu_count() or 1)


def fill(
    root: int, store: Store, shelves: Shelves, work: Sequence[Work], progress: Progress
) -> None:
    """Make the new file of each step on its shelf; durable when this returns.

    Raises
    ------
    DiskFull, FileFailure, CorruptChunk : a file cannot be made.
    """
    Filling(root, store, shelves, work, progress).fill()


class Filling:
    """The new files of one restore in the making; see `fill`."""

    def __init__(self, root: int, store: Store, shelves: Shelves, work: Sequence[Work], progress: Progress) -> None:
        self._root = root
        self._store = store
        self._shelves = shelves
        self._work = work
        self._progress = progress
        self._total, self._done = sum(artifact.size for _, artifact in work), 0
        self._each = len(work) < _MANY or not can_sync_at_once()
        self._open: list[tuple[Step, int]] = []

    def fill(self) -> None:
        """Make all of them."""
        large = [item for item in self._work if item[1].size >= _LARGE and not item[1].is_symlink]
        small = [item for item in self._work if item[1].size < _LARGE or item[1].is_symlink]
        try:
            for item in large:
                self._make_large(*item)
            self._tell(0)
            if self._each:
                for item in small:
                    self._tell(self._make([item]))
            else:
                self._make_many(small)
            self._sync()
        finally:
            for _, descriptor in self._open:
                os.close(descriptor)

    def _make_large(self, step: Step, artifact: Artifact) -> None:
        before = self._done

        def tell(_phase: str, done: int, _total: int, /) -> None:
            self._progress("preparing files", before + done, self._total)

        with typed(step.path), _base(self._root, step) as base:
            folder, name = self._shelves.new(step), str(step.number)
            write_new(self._store, Form.of(artifact), folder, name, tell, base=base, sync=self._later(step))
        self._tell(artifact.size)

    def _make_many(self, work: Sequence[Work]) -> None:
        shares = [work[start : start + _TOGETHER] for start in range(0, len(work), _TOGETHER)]
        with ThreadPoolExecutor(_THREADS) as pool:
            try:
                for future in [pool.submit(self._make, share) for share in shares]:
                    self._tell(future.result())
            finally:
                pool.shutdown(cancel_futures=True)

    def _make(self, work: Sequence[Work]) -> int:
        for step, artifact in work:
            with typed(step.path):
                folder, name = self._shelves.new(step), str(step.number)
                write_new(self._store, Form.of(artifact), folder, name, sync=self._later(step))
        return sum(artifact.size for _, artifact in work)

    def _tell(self, nbytes: int) -> None:
        self._done += nbytes
        self._progress("preparing files", self._done, self._total)

    def _later(self, step: Step) -> Callable[[int], object]:
        """What to do with a file that is complete: one wait for the disk, at the end, serves all."""
        if self._each:
            return lambda descriptor: self._open.append((step, os.dup(descriptor)))
        return lambda _: None

    def _sync(self) -> None:
        """Wait for the disk: for all files at the same time, which the file system can serve with one commit."""
        if len(self._open) > 1 and _THREADS > 1:
            with ThreadPoolExecutor(len(self._open)) as pool:
                for _ in pool.map(_sync_one, self._open):
                    pass
        else:
            for item in self._open:
                _sync_one(item)
        with typed("the journal"):
            if not self._each:
                sync_at_once({self._shelves.new(step) for step, _ in self._work})
            self._shelves.sync()


def _sync_one(item: tuple[Step, int]) -> None:
    step, descriptor = item
    with typed(step.path):
        os.fsync(descriptor)


@contextmanager
def _base(root: int, step: Step) -> Iterator[tuple[int, Digest] | None]:
    """The present file at the path as a source of what it has in common with the new one."""
    parts = parts_of(step.path)
    descriptor = -1
    if step.expected is not None:
        try:
            with open_folder(root, parts[:-1]) as parent:
                descriptor = os.open(parts[-1], _OPEN, dir_fd=parent)
        except OSError:
            descriptor = -1
    try:
        regular = descriptor >= 0 and stat.S_ISREG(os.fstat(descriptor).st_mode)
        yield (descriptor, step.expected) if regular and step.expected is not None else None
    finally:
        if descriptor >= 0:
            os.close(descriptor)
