"""The switch itself: all steps in their order, forward or back, from whatever state a killed process left behind."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.restore.aside import Aside
from jupyter_mlversion.restore.durable import can_sync_at_once, sync_at_once
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.guard import Guards
from jupyter_mlversion.restore.patching import Patching
from jupyter_mlversion.restore.places import NOWHERE, Places
from jupyter_mlversion.restore.put import Put
from jupyter_mlversion.restore.swap import rename_free
from jupyter_mlversion.restore.tree import digest_at, make_folder, open_folder, parts_of, remove_folder, status_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.plan import Obstacle
    from jupyter_mlversion.restore.record import Record, Step
    from jupyter_mlversion.restore.shelf import Shelves
    from jupyter_mlversion.store import Store

_PHASE = "switching files"

_MANY = 32
"""Folders from which one sync of their file system is cheaper than one of each."""


class Switch:
    """One restore's steps, carried out.

    Parameters
    ----------
    record : what to do; its paths are checked again here, step by step.
    root : descriptor of the workspace.
    shelves : the open shelves.
    store : where all contents are.
    known : the digest that a workspace path has when it looks like that, if the stat cache says so.
    """

    def __init__(
        self,
        record: Record,
        root: int,
        shelves: Shelves,
        store: Store,
        known: Callable[[str, os.stat_result], Digest | None],
    ) -> None:
        self._record = record
        self._root = root
        self._shelves = shelves
        self._store = store
        self._places = Places(root, shelves)
        self._aside = Aside(root)
        self._guards = Guards(known)
        self._put = Put(self._places, self._aside, self._guards)
        self._patching = Patching(self._places, self._aside, store, known)

    def close(self) -> None:
        """Let go of the files that were replaced."""
        self._guards.close()

    @property
    def kept(self) -> list[Obstacle]:
        """Files that had changed and were renamed beside their paths; the reason names where."""
        return self._aside.kept

    def forward(self, progress: Progress = silent, *, resumed: bool) -> None:
        """Switch every path that is not open in the front end; `resumed` after a crash, when some may be done.

        Raises
        ------
        FileFailure, DiskFull, CorruptChunk : some paths may be switched.
        """
        steps = self._record.closed
        removes = [step for step in steps if step.fresh is None]
        puts = [step for step in steps if step.fresh is not None and step.patch is None]
        patches = [step for step in steps if step.patch is not None]
        with self._places.neighbours():
            for done, step in enumerate(removes):
                progress(_PHASE, done, len(steps))
                with typed(step.path):
                    self._take(step)
        self._change_folders()
        with self._places.neighbours():
            for done, step in enumerate(puts, len(removes)):
                progress(_PHASE, done, len(steps))
                with typed(step.path):
                    self._put.forward(step, resumed=resumed)
        for step in self._patching.forward(patches, progress, resumed=resumed):
            with typed(step.path):
                self._put.forward(step, resumed=resumed)
        progress(_PHASE, len(steps), len(steps))

    def put_documents(self) -> list[Step]:
        """Write the files of the documents that the front end did not apply; those that were written.

        A file that is not as it was when the restore began was saved since, by whoever has it open: it stays.
        """
        written = []
        for step in self._record.documents:
            with typed(step.path):
                self._places.make_parents(step)
                if self._was_saved_since(step):
                    continue
                self._put.forward(step, resumed=True)
            written.append(step)
        return written

    def back(self) -> None:
        """Undo whatever was switched; the open documents' files were not.

        Raises
        ------
        FileFailure, DiskFull, CorruptChunk : asking again goes on where this stopped.
        """
        self._guards.close()  # what they hold is opened
        steps = self._record.closed
        for step in reversed([step for step in steps if step.fresh is not None]):
            with typed(step.path):
                if step.patch is None or self._patching.back(step):
                    self._put.back(step)
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
        found, equal = [], []
        for done, step in enumerate(steps):
            progress("checking what was replaced", done, len(steps))
            old = self._places.old(step)
            if not self._places.shelved(step):
                continue
            digest = step.expected if self._guards.vouch(step, old) else digest_at(old, str(step.number))
            if digest is None or digest != step.expected:
                found.append(step)
            else:
                equal.append((step, digest))
        lost = self._store.missing(digest for _, digest in equal)
        return [*found, *(step for step, digest in equal if digest in lost)]

    def keep(self, steps: Sequence[Step]) -> None:
        """Put the old files of `steps` beside their paths, under names that are free."""
        for step in steps:
            with typed(step.path):
                self._aside.put(self._shelves.old(step), str(step.number), step.path)

    def sync(self) -> None:
        """Make every switched name durable."""
        folders = {parts_of(step.path)[:-1] for step in self._record.steps}
        folders |= {parts_of(path)[:-1] for path in self._record.made}
        folders |= {parts_of(folder.path)[:-1] for folder in self._record.emptied}
        if len(folders) > _MANY and can_sync_at_once():
            with typed("the workspace"):  # each step's folder is on the file system of its shelf
                sync_at_once({self._places.old(step) for step in self._record.steps})
        else:
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
        waiting = {parts_of(step.path)[:-1] for step in self._record.steps if step.fresh and self._places.waits(step)}
        needed = {parts[:depth] for parts in waiting for depth in range(1, len(parts) + 1)}
        for path in self._record.made:
            if parts_of(path) in needed:
                with typed(path):
                    make_folder(self._root, parts_of(path))

    def _was_saved_since(self, step: Step) -> bool:
        try:
            with self._places.parent(step) as (parent, name):
                return digest_at(parent, name) not in {None, step.expected}
        except OSError as error:
            if error.errno not in NOWHERE:
                raise
            return False

    def _take(self, step: Step) -> None:
        """Remove: the file moves to ``old/N``."""
        if self._places.shelved(step):
            return
        try:
            with self._places.parent(step) as (parent, name):
                status = status_at(parent, name)
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    rename_free(parent, name, self._places.old(step), str(step.number))
        except OSError as error:
            if error.errno not in NOWHERE:
                raise

    def _untake(self, step: Step) -> None:
        old, number = self._places.old(step), str(step.number)
        if not self._places.shelved(step):
            return
        if not self._places.make_parents(step):
            self._aside.put(old, number, step.path)
            return
        with self._places.parent(step) as (parent, name):
            try:
                rename_free(old, number, parent, name)
            except FileExistsError:
                self._aside.put(old, number, step.path)
