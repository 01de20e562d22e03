"""The journaled switch: after a kill at any instant files are wholly old or wholly new once the next command ran."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import (
    Conflict,
    CorruptHistory,
    FileFailure,
    MlversionError,
    OutsideWorkspace,
)
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.fill import fill
from jupyter_mlversion.restore.folders import emptied_by, made_for
from jupyter_mlversion.restore.patch import Patcher
from jupyter_mlversion.restore.process import this_process
from jupyter_mlversion.restore.record import (
    FORMAT,
    PATCHING,
    Phase,
    Record,
    change_phase,
    is_restore_id,
    phase_of,
    read_record,
    write_record,
)
from jupyter_mlversion.restore.recover import Recovery
from jupyter_mlversion.restore.shelf import choose_shelves, discard, make_shelves, open_shelves
from jupyter_mlversion.restore.steps import artifacts_at, check_room, plan_steps, with_files, with_patches
from jupyter_mlversion.restore.switch import Switch
from jupyter_mlversion.restore.tree import open_root
from jupyter_mlversion.store import sync_folder

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.plan import Obstacle, RestorePlan
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.store import Store

MoveHead = Callable[[dict[str, Any]], None]
"""Lets a line stand where a journal record says; asked again after a crash, so asking twice must be fine."""


def unknown(_path: str, _status: os.stat_result, /) -> Digest | None:
    """A stat cache that knows nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A committed restore, not yet applied; `folder` is its place in the journal."""

    restore_id: str
    folder: Path
    record: Record


@dataclass(frozen=True, slots=True)
class Applied:
    """What a restore did.

    Parameters
    ----------
    written, removed : workspace paths.
    kept : files that had changed since they were kept; the reason names where their bytes are now.
    pending : workspace paths that the front end still has to apply and acknowledge.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[Obstacle, ...]
    pending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed restore that is not finished: its documents are not acknowledged, or `recover` has work to do.

    Parameters
    ----------
    restore_id, version : ids of both.
    phase : `DOCUMENT_PENDING` when it only waits for the front end.
    paths : workspace paths of the open documents.
    since : seconds since the epoch.
    """

    restore_id: str
    version: str
    phase: Phase
    paths: tuple[str, ...]
    since: float


class Journal:
    """The journal of one workspace, under ``.mlversion/journal/``. The caller holds the writer lock.

    Parameters
    ----------
    root : the workspace.
    store : where the bytes are.
    known : the digest that a workspace path has when it looks like that, if the stat cache says so.
    """

    def __init__(
        self, root: Path, store: Store, known: Callable[[str, os.stat_result], Digest | None] = unknown
    ) -> None:
        self._root = root
        self._store = store
        self._known = known
        self._folder = root / FOLDER_NAME / "journal"

    def prepare(
        self,
        restore_id: str,
        plan: RestorePlan,
        target: Snapshot,
        *,
        expected: Mapping[str, Digest | None],
        open_documents: frozenset[str],
        heads: tuple[dict[str, Any], dict[str, Any]],
        progress: Progress = silent,
    ) -> Prepared:
        """Make every new file, durably, and commit the restore. A failure or cancel before that leaves nothing.

        Parameters
        ----------
        restore_id : letters, digits and hyphens; new.
        plan, target : what to do, and the snapshot that has the artifacts.
        expected : digests of the present bytes as the safety version keeps them; None, or no entry, where nothing is.
        open_documents : workspace paths that the front end applies itself.
        heads : where the line stands before and after; opaque here.

        Raises
        ------
        DiskFull : the new files have no room.
        FileFailure, OutsideWorkspace, CorruptChunk, Cancelled : nothing was changed.
        """
        if not is_restore_id(restore_id):
            message = f"{restore_id!r} cannot be the id of a restore"
            raise OutsideWorkspace(message)
        artifacts = artifacts_at(target, [write.path for write in plan.writes])
        folder = self._folder / restore_id
        with typed("the journal"):
            self._make_folder()
            try:
                folder.mkdir(0o700)
            except FileExistsError:
                message = f"a restore {restore_id} exists already"
                raise Conflict(message) from None
        try:
            with typed("the journal"), open_root(self._root) as root, open_root(folder) as own:
                paths = [*plan.removes, *(artifact.path for artifact in artifacts)]
                chosen, shelves = choose_shelves(root, own, paths)
                make_shelves(root, folder, shelves)
                steps = plan_steps(plan.removes, artifacts, chosen, expected, open_documents)
                with open_shelves(root, folder, shelves) as opened:
                    patcher = Patcher(root, self._store, self._known)
                    steps = with_patches(steps, artifacts, patcher, opened)
                    check_room(root, steps)
                    fill(root, self._store, opened, with_files(steps, artifacts), progress)
                sync_folder(folder)
                record = Record(
                    PATCHING if any(step.patch for step in steps) else FORMAT,
                    restore_id, plan.version, time.time(), this_process(), steps,
                    emptied_by(root, plan.removes, [artifact.path for artifact in artifacts]),
                    made_for(root, [artifact.path for artifact in artifacts]), shelves, heads,
                )
                sync_folder(self._folder)
                write_record(folder, record)
        except BaseException:
            with suppress(OSError):
                discard(self._root, folder)
            raise
        return Prepared(restore_id, folder, record)

    def apply(self, prepared: Prepared, *, move_head: MoveHead, progress: Progress = silent) -> Applied:
        """Switch every path, then the line's head. A failure or cancel before the head moved undoes everything.

        Raises
        ------
        FileFailure, DiskFull : the OS refused; nothing was changed.
        Cancelled : the user stopped it; nothing was changed.
        """
        record, folder = prepared.record, prepared.folder
        with self._switch(record, folder) as switch:
            moving = False
            try:
                switch.forward(progress, resumed=False)
                changed = switch.changed(record.closed, progress)
                switch.sync()
                moving = True
                move_head(record.heads[1])
            except BaseException as error:
                self._undo(switch, prepared, move_head if moving else None, error)
                raise
            switch.keep(changed)
        if record.documents:
            with typed("the journal"):
                change_phase(folder, Phase.SWITCHING, Phase.DOCUMENT_PENDING)
        else:
            with suppress(OSError):  # the next command removes what is left
                discard(self._root, folder)
        return Applied(
            tuple(step.path for step in record.closed if step.fresh is not None),
            tuple(step.path for step in record.closed if step.fresh is None),
            tuple(switch.kept),
            tuple(step.path for step in record.documents),
        )

    def acknowledge(self, restore_id: str) -> None:
        """The front end applied and saved every open document of the restore: forget it. Asking again is fine."""
        folder = self._folder / restore_id
        if is_restore_id(restore_id) and phase_of(folder) == Phase.DOCUMENT_PENDING:
            with typed("the journal"):
                discard(self._root, folder)

    def pending(self) -> list[Pending]:
        """The committed restores that are not finished, the oldest first; while there are any, call `recover`."""
        found = []
        for folder in self._folders():
            phase = phase_of(folder)
            if phase is not None:
                with suppress(MlversionError, OSError):
                    record = read_record(folder, phase)
                    paths = tuple(step.path for step in record.documents)
                    found.append(Pending(record.restore, record.version, phase, paths, record.time))
        return sorted(found, key=lambda item: item.since)

    def recover(self, move_head: MoveHead, *, older_than: float = 120.0) -> list[str]:
        """Finish, or undo, what killed processes left. Called under the writer lock at the start of every command.

        Parameters
        ----------
        move_head : see `MoveHead`.
        older_than : seconds after which open documents that nobody acknowledged are written to their files; at once
            when the process that restored them is gone.

        Returns
        -------
        What was done, in sentences for the user.

        Raises
        ------
        FileFailure, DiskFull : a restore can be neither finished nor undone now; it is tried again the next time.
        """
        recovery = Recovery(self._root, self._switch, move_head, older_than)
        return [sentence for folder in self._folders() for sentence in recovery.recover(folder)]

    def _make_folder(self) -> None:
        if self._folder.is_symlink():
            message = f"{self._folder} is a symbolic link"
            raise OutsideWorkspace(message, hint="Remove it.")
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True)
            sync_folder(self._folder.parent)

    def _folders(self) -> list[Path]:
        if self._folder.is_symlink() or not self._folder.is_dir():
            return []
        with typed("the journal"):
            entries = sorted(os.scandir(self._folder), key=lambda entry: entry.name)
        return [Path(entry) for entry in entries if is_restore_id(entry.name) and entry.is_dir(follow_symlinks=False)]

    @contextmanager
    def _switch(self, record: Record, folder: Path) -> Iterator[Switch]:
        with ExitStack() as stack:
            with typed("the journal"):
                root = stack.enter_context(open_root(self._root))
                try:
                    shelves = stack.enter_context(open_shelves(root, folder, record.shelves))
                except FileNotFoundError as error:
                    message = f"the journal of restore {record.restore} lacks a folder"
                    raise CorruptHistory(message) from error
            switch = Switch(record, root, shelves, self._store, self._known)
            stack.callback(switch.close)
            yield switch

    def _undo(self, switch: Switch, prepared: Prepared, move_head: MoveHead | None, error: BaseException) -> None:
        """Back to the state before; what cannot be undone now stays in the journal for the next command."""
        try:
            with suppress(OSError):
                change_phase(prepared.folder, Phase.SWITCHING, Phase.UNDOING)
            switch.back()
            switch.sync()
            if move_head is not None:
                move_head(prepared.record.heads[0])
        except MlversionError as second:
            message = f"the restore failed and could not be undone yet: {second.message}"
            raise FileFailure(message, hint="Mend that; the next mlversion command finishes the undoing.") from error
        with suppress(OSError):
            discard(self._root, prepared.folder)
