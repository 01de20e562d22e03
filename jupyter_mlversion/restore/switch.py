"""The switch itself: path by path, forward or back, from whatever state a killed process left behind.

What has been done is told by names alone: ``new/N`` is there until the step is done, ``old/N`` holds what was at the
path. Between the two renames of one step a comparison of bytes tells (see `_Put`).
"""

from __future__ import annotations

import errno
import itertools
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.plan import Obstacle
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.files import same_kind
from jupyter_mlversion.restore.swap import exchange, rename_free
from jupyter_mlversion.restore.tree import digest_at, make_folder, open_folder, parts_of, remove_folder, status_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.restore.record import Fresh, Record, Step
    from jupyter_mlversion.restore.shelf import Shelves

_PHASE = "switching files"
_NOWHERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
_LONGEST_STEM = 100


class Switch:
    """One restore's steps, carried out.

    Parameters
    ----------
    record : what to do; its paths are checked again here, step by step.
    root : descriptor of the workspace.
    shelves : the open shelves.
    stored : whether the store holds the bytes of a digest.
    """

    def __init__(self, record: Record, root: int, shelves: Shelves, stored: Callable[[Digest], bool]) -> None:
        self._record = record
        self._root = root
        self._shelves = shelves
        self._stored = stored
        self.kept: list[Obstacle] = []
        """Files that had changed and were renamed beside their paths; the reason names where."""

    def forward(self, progress: Progress = silent, *, resumed: bool) -> None:
        """Switch every path that is not open in the front end; `resumed` after a crash, when some may be done.

        Raises
        ------
        FileFailure, DiskFull : the OS refused; some paths may be switched.
        """
        steps = self._record.closed
        removes = [step for step in steps if step.fresh is None]
        for done, step in enumerate(removes):
            progress(_PHASE, done, len(steps))
            with typed(step.path):
                self._take(step)
        self._change_folders()
        for done, step in enumerate((step for step in steps if step.fresh is not None), len(removes)):
            progress(_PHASE, done, len(steps))
            self._put_typed(step, resumed=resumed)
        progress(_PHASE, len(steps), len(steps))

    def put_documents(self) -> list[Step]:
        """Write the files of the documents that the front end did not apply; those that were written.

        A file that is not as it was when the restore began was saved since, by whoever has it open: it stays.
        """
        written = []
        for step in self._record.documents:
            with typed(step.path):
                self._make_parents(step)
                if self._was_saved_since(step):
                    continue
            self._put_typed(step, resumed=True)
            written.append(step)
        return written

    def _was_saved_since(self, step: Step) -> bool:
        try:
            with self._parent(step) as (parent, name):
                return digest_at(parent, name) not in {None, step.expected}
        except OSError as error:
            if error.errno not in _NOWHERE:
                raise
            return False

    def back(self) -> None:
        """Undo whatever was switched; the open documents' files were not.

        Raises
        ------
        FileFailure, DiskFull : the OS refused; asking again goes on where this stopped.
        """
        steps = self._record.closed
        for step in reversed([step for step in steps if step.fresh is not None]):
            with typed(step.path):
                self._unput(step)
        for path in reversed(self._record.made):
            with typed(path):
                remove_folder(self._root, parts_of(path))
        for folder in reversed(self._record.emptied):
            with typed(folder.path), suppress(NotADirectoryError):  # something took its place; files are kept beside
                make_folder(self._root, parts_of(folder.path), folder.mode)
        for step in reversed([step for step in steps if step.fresh is None]):
            with typed(step.path):
                self._untake(step)

    def changed(self, steps: Iterable[Step], progress: Progress = silent) -> list[Step]:
        """The steps whose old file is not what the safety version keeps."""
        steps = list(steps)
        found = []
        for done, step in enumerate(steps):
            progress("checking what was replaced", done, len(steps))
            old = self._shelves.old(step)
            if status_at(old, str(step.number)) is None:
                continue
            digest = digest_at(old, str(step.number))
            if digest is None or digest != step.expected or not self._stored(digest):
                found.append(step)
        return found

    def keep(self, steps: Sequence[Step]) -> None:
        """Put the old files of `steps` beside their paths, under names that are free."""
        for step in steps:
            with typed(step.path):
                self._keep(self._shelves.old(step), step)

    def sync(self) -> None:
        """Make every switched name durable."""
        folders = {parts_of(step.path)[:-1] for step in self._record.steps}
        folders |= {parts_of(path)[:-1] for path in self._record.made}
        folders |= {parts_of(folder.path)[:-1] for folder in self._record.emptied}
        for parts in sorted(folders):
            with (
                typed("/".join(parts) or "the workspace"),
                suppress(FileNotFoundError, NotADirectoryError),
                open_folder(self._root, parts) as folder,
            ):
                os.fsync(folder)
        with typed("the journal"):
            self._shelves.sync()

    def _change_folders(self) -> None:
        for folder in self._record.emptied:
            with typed(folder.path):
                remove_folder(self._root, parts_of(folder.path))
        waiting = {parts_of(step.path)[:-1] for step in self._record.steps if self._is_waiting(step)}
        needed = {parts[:depth] for parts in waiting for depth in range(1, len(parts) + 1)}
        for path in self._record.made:
            if parts_of(path) in needed:
                with typed(path):
                    make_folder(self._root, parts_of(path))

    def _is_waiting(self, step: Step) -> bool:
        return step.fresh is not None and status_at(self._shelves.new(step), str(step.number)) is not None

    @contextmanager
    def _parent(self, step: Step) -> Iterator[tuple[int, str]]:
        parts = parts_of(step.path)
        with open_folder(self._root, parts[:-1]) as folder:
            yield folder, parts[-1]

    def _make_parents(self, step: Step) -> bool:
        """Make the folders above the path; False when something else has taken the place of one."""
        parts = parts_of(step.path)
        try:
            for depth in range(1, len(parts)):
                make_folder(self._root, parts[:depth])
        except OSError as error:
            if error.errno not in _NOWHERE:
                raise
            return False
        return True

    def _take(self, step: Step) -> None:
        """Remove: the file moves to ``old/N``."""
        old, number = self._shelves.old(step), str(step.number)
        if status_at(old, number) is not None:
            return
        try:
            with self._parent(step) as (parent, name):
                status = status_at(parent, name)
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    rename_free(parent, name, old, number)
        except OSError as error:
            if error.errno not in _NOWHERE:
                raise

    def _untake(self, step: Step) -> None:
        old, number = self._shelves.old(step), str(step.number)
        if status_at(old, number) is None:
            return
        if not self._make_parents(step):
            self._keep(old, step)
            return
        with self._parent(step) as (parent, name):
            try:
                rename_free(old, number, parent, name)
            except FileExistsError:
                self._keep(old, step)

    def _put_typed(self, step: Step, *, resumed: bool) -> None:
        with typed(step.path):
            if status_at(self._shelves.new(step), str(step.number)) is None:
                return
            with self._parent(step) as (parent, name):
                if not (resumed and self._was_put(step, parent, name)):
                    self._put(step, parent, name)

    def _was_put(self, step: Step, parent: int, name: str) -> bool:
        """Whether ``new/N`` is still there although the path was switched; it is then put where it belongs."""
        new, number = self._shelves.new(step), str(step.number)
        fresh = _fresh(step)
        if digest_at(new, number) == fresh.digest:
            if not _is(parent, name, fresh):
                return False
            if step.expected != fresh.digest:
                os.unlink(number, dir_fd=new)  # the other half of a link
                return True
        self._shelve(step, new)
        return True

    def _put(self, step: Step, parent: int, name: str) -> None:
        """Write: in one instant the new file is at the path and what was there at ``new/N``, then at ``old/N``."""
        new, number = self._shelves.new(step), str(step.number)
        while True:
            try:
                if exchange(new, number, parent, name):
                    self._shelve(step, new)
                    return
                self._clear(step, parent, name)
            except FileNotFoundError:
                pass
            try:
                rename_free(new, number, parent, name)
            except FileExistsError:
                continue
            return

    def _clear(self, step: Step, parent: int, name: str) -> None:
        """Where names cannot be exchanged: move what is at the path to ``old/N``."""
        try:
            rename_free(parent, name, self._shelves.old(step), str(step.number))
        except FileExistsError:
            self._keep(parent, step, name)

    def _shelve(self, step: Step, new: int) -> None:
        """What the exchange left at ``new/N`` belongs to ``old/N``."""
        try:
            rename_free(new, str(step.number), self._shelves.old(step), str(step.number))
        except FileExistsError:
            self._keep(new, step)

    def _unput(self, step: Step) -> None:
        new, old, number = self._shelves.new(step), self._shelves.old(step), str(step.number)
        waiting, shelved = status_at(new, number) is not None, status_at(old, number) is not None
        if shelved and not self._make_parents(step):
            self._keep(old, step)
            return
        try:
            with self._parent(step) as (parent, name):
                if shelved:
                    self._put_back(step, old, parent, name)
                elif waiting and self._exchanged(step, parent, name):
                    self._put_back(step, new, parent, name)
                elif not waiting and step.expected != _fresh(step).digest:
                    self._withdraw(step, parent, name)
        except OSError as error:
            if shelved or error.errno not in _NOWHERE:
                raise

    def _exchanged(self, step: Step, parent: int, name: str) -> bool:
        """Whether ``new/N`` holds what was at the path."""
        fresh = _fresh(step)
        if digest_at(self._shelves.new(step), str(step.number)) != fresh.digest:
            return True
        return step.expected == fresh.digest and _is(parent, name, fresh)

    def _put_back(self, step: Step, shelf: int, parent: int, name: str) -> None:
        """Exchange again: what was at the path comes from `shelf`, what is there now goes to ``new/N``."""
        new, number, fresh = self._shelves.new(step), str(step.number), _fresh(step)
        if shelf != new and digest_at(shelf, number) == fresh.digest and not _is(parent, name, fresh):
            self._return(step, shelf)
            return
        try:
            exchanged = exchange(shelf, number, parent, name)
            if not exchanged:
                self._withdraw(step, parent, name)
        except FileNotFoundError:
            exchanged = False
        if exchanged:
            self._return(step, shelf)
            return
        try:
            rename_free(shelf, number, parent, name)
        except FileExistsError:
            self._keep(shelf, step)

    def _return(self, step: Step, shelf: int) -> None:
        """What was taken from the path goes back to ``new/N`` if it is ours, else beside the path."""
        new, number = self._shelves.new(step), str(step.number)
        if digest_at(shelf, number) != _fresh(step).digest:
            self._keep(shelf, step)
        elif shelf != new:
            rename_free(shelf, number, new, number)

    def _withdraw(self, step: Step, parent: int, name: str) -> None:
        """Take the new file away from a path where nothing was before, unless it is no longer ours."""
        if digest_at(parent, name) == _fresh(step).digest:
            rename_free(parent, name, self._shelves.new(step), str(step.number))

    def _keep(self, folder: int, step: Step, name: str = "") -> None:
        """Rename the file to a free name beside its path, in the nearest folder that there still is."""
        parts = parts_of(step.path)
        for depth in range(len(parts) - 1, -1, -1):
            with suppress(FileNotFoundError, NotADirectoryError), open_folder(self._root, parts[:depth]) as beside:
                kept = _rename_beside(folder, name or str(step.number), beside, parts[-1])
                os.fsync(beside)
                where = "/".join((*parts[:depth], kept))
                reason = f"it changed while it was being restored; what it held is now in {where}"
                self.kept.append(Obstacle(step.path, reason))
                return
        message = f"{step.path} cannot be kept: the workspace is gone"
        raise FileFailure(message)


def _rename_beside(folder: int, name: str, beside: int, wanted: str) -> str:
    """Rename to ``STEM.kept-N.SUFFIX`` with the first N that is free; the name that it became."""
    pure = PurePosixPath(wanted)
    stem = pure.stem
    for number in itertools.count(1):
        kept = f"{stem}.kept-{number}{pure.suffix}"
        try:
            rename_free(folder, name, beside, kept)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG or len(stem) <= 1:
                raise
            stem = stem[: min(_LONGEST_STEM, len(stem) // 2)]
            continue
        return kept
    raise AssertionError


def _fresh(step: Step) -> Fresh:
    if step.fresh is None:
        message = f"{step.path} has nothing to be written"
        raise FileFailure(message)
    return step.fresh


def _is(parent: int, name: str, fresh: Fresh) -> bool:
    """Whether the path holds the new file: its bytes, type and permissions."""
    status = status_at(parent, name)
    return status is not None and same_kind(status, fresh.mode) and digest_at(parent, name) == fresh.digest
