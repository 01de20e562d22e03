"""The façade: every verb of one workspace's versions."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.config import FOLDER_NAME, load_config
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import Busy, MlversionError, NotFound, UnknownPath
from jupyter_mlversion.history import History
from jupyter_mlversion.index import Index
from jupyter_mlversion.repository.annotate import Annotating
from jupyter_mlversion.repository.care import Care
from jupyter_mlversion.repository.commit import Committer, Outcome
from jupyter_mlversion.repository.format import check_format, create_folder
from jupyter_mlversion.repository.gather import Gatherer, Seen
from jupyter_mlversion.repository.join import Joiner
from jupyter_mlversion.repository.lines import Lines
from jupyter_mlversion.repository.mend import Mender
from jupyter_mlversion.repository.moves import Moves
from jupyter_mlversion.repository.place import index_path
from jupyter_mlversion.repository.present import Present
from jupyter_mlversion.repository.restores import Restores
from jupyter_mlversion.repository.splits import to_freeze
from jupyter_mlversion.repository.staging import Staged, Staging
from jupyter_mlversion.repository.workspace import find_root, is_unsafe
from jupyter_mlversion.store import Store

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from jupyter_mlversion.repository.doctor import Finding


class Repository(Restores, Annotating, Care):
    """Everything versioned for one workspace.

    Objects are cheap, can be shared between threads, and hold no lock between calls. Versions are named by full id,
    unique prefix, branch, tag, ``HEAD`` or ``HEAD~2``; notebooks by path, absolute or relative to the workspace.

    Parameters
    ----------
    root : the workspace; it has a ``.mlversion`` folder. See `Repository.open`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER_NAME
        self.config = load_config(root)
        self.store = Store(self.folder / "store", quota=self._quota)
        self.history = History(self.folder / "history.git")
        self.index = Index(index_path(self.folder))
        self.staging = Staging(self.folder / "staging")
        moves = Moves(self.folder / "moves.json")
        self.lines = Lines(root, self.config, self.history, self.store, moves, self.index.version)
        self._present = Present(root, self.index)
        self._gatherer = Gatherer(root, self.config, self.store, self.history, self.index)
        self._committer = Committer(root, self.store, self.history, self.index, self.lines)
        self._joiner = Joiner(self.history, self.index, self.staging, self.lines, self._committer)
        self._mender = Mender(self.folder, self.store, self.history, lambda: self._restorer)

    @classmethod
    def open(cls, path: Path | str = ".", *, create: bool = False) -> Repository:
        """The repository of the workspace that `path` (a file or folder) is in.

        What a crash left is mended first, and staged checkpoints whose document did not come in time become versions.

        Raises
        ------
        NotFound : the workspace has no versions yet and `create` is False.
        UnsafeWorkspace, InvalidConfig, FileFailure, MissingGit : see there.
        """
        root = find_root(Path(path))
        folder = root / FOLDER_NAME
        if not (folder / "format.json").exists():
            if not create:
                message = f"there are no versions in {root}"
                raise NotFound(message, hint="Tag a cell `checkpoint` and run it, or run: mlversion init")
            create_folder(folder)
        check_format(folder)
        repository = cls(root)
        repository.recover()
        repository.settle_if_free()
        return repository

    @classmethod
    def init(cls, folder: Path | str = ".") -> Repository:
        """Make `folder` itself a workspace, whatever lies above it; harmless when it is one already.

        Raises
        ------
        UnsafeWorkspace : it is a home folder or the root of the file system.
        FileFailure : it cannot be made.
        """
        root = Path(folder).absolute()
        if is_unsafe(root):
            return cls.open(root, create=True)  # raises, in the words of `find_root`
        if not (root / FOLDER_NAME / "format.json").exists():
            create_folder(root / FOLDER_NAME)
        return cls.open(root)

    # -- capture ---------------------------------------------------------------------------------------------------

    def checkpoint(
        self,
        notebook: Path | str | None = None,
        message: str = "",
        *,
        trigger: Trigger = Trigger.API,
        document: bytes | None = None,
        progress: Progress = silent,
    ) -> Outcome:
        """Make a version now, without a kernel: of tracked files, the head's, and those that the notebook names.

        Parameters
        ----------
        notebook : None for the line ``workspace``.
        document : the notebook's bytes as a front end has them; None: as saved.

        Raises
        ------
        UnknownPath, InvalidNotebook : the notebook is not there, or is none.
        """
        started = time.monotonic()
        path = None if notebook is None else self.path_of(notebook)
        if path is not None and document is None and not (self.root / path).is_file():
            message = f"there is no notebook {path} in {self.root}"
            raise UnknownPath(message)
        with self.explaining(), self.writing(), self.store.storing():
            source = self._committer.notebook(path, document)
            self._joiner.settle_notebook(path)
            line = self.lines.find(path, source.data)
            head = None if line is None else self.history.head(line)
            gathered = self._gatherer.without_kernel(head, source, progress)
            event = Checkpoint(uuid.uuid4().hex, trigger, datetime.now(UTC), message, path)
            return self._committer.commit(event, gathered, source, head, seconds=time.monotonic() - started)

    def freeze(
        self, version: str, name: str = "split", part: str = "test", *, notebook: Path | str | None = None
    ) -> Outcome:
        """From now on no training may see the rows of a part: a version of the line says so, and every later one.

        Raises
        ------
        NotFound : the version has no such split, or the split no such part.
        UsageError : its rows have no content by which they could be told.
        """
        started = time.monotonic()
        with self.explaining(), self.writing(), self.store.storing():
            full = self.resolve(version, notebook=notebook)
            split = to_freeze(self.history.snapshot(full).splits, name, part, full)
            head = self.history.head(self.history.read(full).line)
            path = self.lines.current_path(head.line)
            self._joiner.settle_notebook(path)
            snapshot = self._head_snapshot(head.line)
            others = [other for other in snapshot.splits if replace(other, frozen=split.frozen) != split]
            event = Checkpoint(uuid.uuid4().hex, Trigger.API, datetime.now(UTC), f"Freeze {part} of {name}", path)
            return self._committer.commit_staged(
                event, replace(snapshot, splits=(*others, split)), self._committer.notebook(path, None), bytes_new=0,
                seconds=time.monotonic() - started,
            )

    def stage(self, checkpoint: Checkpoint, seen: Seen, progress: Progress = silent) -> Staged:
        """Capture what a kernel saw, now, before the next cell can change it; durable when this returns.

        The version is made by `join`, or by `settle` when no document comes.
        """
        started = time.monotonic()
        where = self.lines.where_now(checkpoint.notebook, checkpoint.cell_id)
        parent = self._head_snapshot(self.lines.at(where) or self.lines.find(where))
        with self.explaining(), self.store.storing():
            snapshot, new = self._gatherer.from_kernel(seen, parent, progress)
            staged = Staged(checkpoint, snapshot, new, time.monotonic() - started)
            self.staging.write(staged)
        return staged

    def join(
        self,
        key: str,
        *,
        document: bytes | None = None,
        notebook: Path | str | None = None,
        trigger: Trigger | None = None,
    ) -> Outcome:
        """Make the version of a staged checkpoint; the same key again answers the same version.

        Checkpoints that the same kernel session staged earlier and that still wait are made versions first, so that
        order holds.

        Parameters
        ----------
        document : the notebook's bytes; None: as saved.
        notebook : where it is now; None: where the kernel knew it.
        trigger : overrides the staged one.

        Raises
        ------
        UnknownKey : nothing is staged and no version was made under `key`.
        """
        with self.writing(), self.store.storing():
            path = None if notebook is None else self.path_of(notebook)
            return self._joiner.join(key, document, path, trigger)

    def staged(self) -> list[Staged]:
        """Staged checkpoints that wait for their document, oldest first."""
        return self.staging.records()

    def settle(self, older_than: float | None = None) -> list[Outcome]:
        """Make versions, as saved, of checkpoints staged `older_than` seconds ago or more (default: `join_timeout`)."""
        wait = self.config.join_timeout if older_than is None else older_than
        limit = datetime.now(UTC) - timedelta(seconds=wait)
        due = [staged.checkpoint.key for staged in self.staging.records() if staged.checkpoint.time <= limit]
        outcomes = []
        for key in due:
            with suppress(MlversionError):  # another process was faster; or it stays, and `doctor` shows it
                outcomes.append(self.join(key))
        return outcomes

    def settle_if_free(self) -> None:
        """`settle`, unless someone else is writing."""
        if self.staging.records():
            with suppress(Busy), self._mender.writing(wait=0):
                self.settle()

    def preserve(self, notebook: Path | str, message: str) -> str | None:
        """Make sure that the present bytes of a notebook are in a version before they are overwritten.

        Returns
        -------
        The full id of the safety version that was made; None when its line's head has these bytes, or there is no file.

        Raises
        ------
        FileFailure : it cannot be kept: not a regular file, unreadable, ours or Git's.
        """
        path = self.path_of(notebook)
        if not os.path.lexists(self.root / path):
            return None
        with self.writing(), self.store.storing():
            self._joiner.settle_notebook(path)
            return self._safety.preserve(path, self._present.digest(path), message)

    def moved(self, old: Path | str, new: Path | str) -> None:
        """A notebook, or a folder with notebooks, was renamed or moved inside the workspace."""
        with self.writing():
            self.lines.moved(self.path_of(old), self.path_of(new))

    @staticmethod
    def doctor(path: Path | str = ".") -> list[Finding]:
        """What was looked at, and what to do."""
        from jupyter_mlversion.repository import doctor

        return doctor.examine(Path(path), Repository.open)

    # -- care ------------------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Finish or undo a restore that was interrupted, and remove leftovers; cheap when there is nothing to do."""
        self._mender.recover()

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer lock; several calls inside are one unit for other processes."""
        return self._mender.writing()


    def _quota(self, used: int) -> int | None:
        """Bytes that the store may have, when it has `used`."""
        return self.config.quota_bytes(shutil.disk_usage(self.root).free, used)

    def _head_snapshot(self, line: str | None) -> Snapshot:
        return Snapshot() if line is None else self.lines.snapshot(self.history.head(line))

