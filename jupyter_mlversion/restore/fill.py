"""Making the new files of a restore, several at a time, and all of them durable at the end."""

from __future__ import annotations

import ctypes
import functools
import os
import stat
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

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
"""Small files that one thread makes before it looks up, when each need not wait for the disk."""

_MANY = 32
"""New files from which one sync of their file system is cheaper than one of each."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_THREADS = min(4, os.cpu_count() or 1)


def fill(
    root: int, store: Store, shelves: Shelves, work: Sequence[tuple[Step, Artifact]], progress: Progress
) -> None:
    """Make the new file of each step on its shelf; durable when this returns.

    Raises
    ------
    DiskFull, FileFailure, CorruptChunk : a file cannot be made.
    """
    total, done = sum(artifact.size for _, artifact in work), 0
    each = len(work) < _MANY or _syncfs() is None
    small = [item for item in work if item[1].size < _LARGE or item[1].is_symlink]
    for step, artifact in work:
        if artifact.size < _LARGE or artifact.is_symlink:
            continue
        progress("preparing files", done, total)
        with typed(step.path), _base(root, step) as base:
            tell = _shifted(progress, done, total)
            write_new(
                store, Form.of(artifact), shelves.new(step), str(step.number), tell, base=base, sync=each
            )
        done += artifact.size

    def make(items: Sequence[tuple[Step, Artifact]]) -> int:
        for step, artifact in items:
            with typed(step.path):
                write_new(store, Form.of(artifact), shelves.new(step), str(step.number), sync=each)
        return sum(artifact.size for _, artifact in items)

    progress("preparing files", done, total)
    size = 1 if each else _TOGETHER
    with closing(_answers(make, [small[start : start + size] for start in range(0, len(small), size)])) as answers:
        for nbytes in answers:
            done += nbytes
            progress("preparing files", done, total)
    if not each:
        for folder in {shelves.new(step) for step, _ in work}:
            with typed("the journal"):
                sync_file_system(folder)
    with typed("the journal"):
        shelves.sync()


def sync_file_system(folder: int) -> None:
    """Make all that was written to the file system of an open folder durable.

    Raises
    ------
    OSError : it could not, or not everything was.
    """
    function = _syncfs()
    if function is None:
        os.fsync(folder)
    elif function(folder):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@functools.cache
def _syncfs() -> ctypes._NamedFuncPointer | None:
    function = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if function is not None:
        function.argtypes = (ctypes.c_int,)
    return function


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


def _answers(
    job: Callable[[Sequence[tuple[Step, Artifact]]], int], shares: Sequence[Sequence[tuple[Step, Artifact]]]
) -> Generator[int]:
    if len(shares) <= 1:
        yield from map(job, shares)
        return
    waiting: deque[Future[int]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            waiting.extend(pool.submit(job, share) for share in shares)
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    """Progress of one file told as progress of all."""

    def tell(_phase: str, done: int, _total: int, /) -> None:
        progress("preparing files", before + done, total)

    return tell
