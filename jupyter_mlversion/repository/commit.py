"""The last part of the straight path: a captured state becomes a version, unless nothing changed."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.notebook import saved_bytes
from jupyter_mlversion.compare.equality import equality_of, equality_of_old, joined
from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import MAIN, Checkpoint, Document, Head, Trigger, Version
from jupyter_mlversion.errors import FileFailure, InvalidNotebook
from jupyter_mlversion.history import Entry, History
from jupyter_mlversion.index.looks import Looks
from jupyter_mlversion.repository.freeze import Freezer
from jupyter_mlversion.repository.gathered import Gathered, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mlversion.index import Index
    from jupyter_mlversion.index.looks import Folder
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.store import Batch, Store


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a checkpoint.

    Parameters
    ----------
    version : the version; None when nothing had changed.
    unchanged : whether nothing had changed since the line's head.
    seconds : staging and join together.
    bytes_new : see `Version`.
    note : what the user should know, such as the name of a branch that was opened; may be empty.
    """

    version: Version | None
    unchanged: bool
    seconds: float
    bytes_new: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notebook:
    """The notebook of a version: its workspace path, its bytes, and where they came from."""

    path: str | None
    data: bytes | None
    document: Document


class Committer:
    """Makes versions of captured states; the caller holds the writer lock.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path, store: Store, history: History, index: Index, lines: Lines) -> None:
        self._root = root
        self._store = store
        self._history = history
        self._index = index
        self._lines = lines
        self._freezer = Freezer(store, history, index)

    def notebook_or_none(self, path: str | None, document: bytes | None) -> Notebook:
        """As `notebook`; what was saved and is no notebook counts as nothing: the files must not be lost with it."""
        try:
            return self.notebook(path, document)
        except (InvalidNotebook, FileFailure, OSError):
            return Notebook(path, None, Document.NONE)

    def notebook(self, path: str | None, document: bytes | None) -> Notebook:
        """The notebook at `path` in the workspace: the document that was given, else as last saved, else nothing."""
        if path is None:
            return Notebook(None, None, Document.NONE)
        if document is not None:
            return Notebook(path, document, Document.LIVE)
        try:
            return Notebook(path, saved_bytes(self._root / path), Document.AS_SAVED)
        except FileNotFoundError:
            return Notebook(path, None, Document.NONE)

    def commit_staged(
        self, checkpoint: Checkpoint, snapshot: Snapshot, notebook: Notebook, *, bytes_new: int, seconds: float
    ) -> Outcome:
        """`commit` of a whole snapshot, on the line that the notebook now belongs to."""
        line = self._lines.find(notebook.path, notebook.data)
        head = None if line is None else self._history.head(line)
        parent = Snapshot() if head is None else self._lines.snapshot(head)
        return self.commit(checkpoint, Gathered.of(snapshot, parent, bytes_new), notebook, head, seconds=seconds)

    def commit(
        self,
        checkpoint: Checkpoint,
        gathered: Gathered | None,
        notebook: Notebook,
        head: Head | None,
        *,
        seconds: float,
    ) -> Outcome:
        """Make the version of what was gathered, with `notebook`.

        Parameters
        ----------
        gathered : None when it is known that nothing changed.
        head : where the line stands that `gathered` was seen from; None: it is a new line.
        seconds : what gathering cost.

        Raises
        ------
        Moved : another process moved the line in between; nothing was changed.
        """
        if gathered is None:
            return Outcome(None, unchanged=True, seconds=seconds, bytes_new=0)
        started = time.monotonic()
        head = head or self._history.head(self._lines.new(notebook.path or ""))
        self._lines.adopt(head.line, notebook.path)
        with self._store.batch() as batch:
            artifact, added = self._notebook_artifact(notebook, batch)
            carried = self._freezer.carried(head, gathered.snapshot.splits, batch)
        gathered = replace(gathered, snapshot=replace(gathered.snapshot, splits=carried.splits))
        gathered = gathered.with_notebook(artifact)
        bytes_new = gathered.bytes_new + added
        folders = gathered.folders(notebook.path)
        equalities = {folder: known.equality for folder, known in (gathered.same | folders).items()}
        equality = joined(equalities, gathered.snapshot, notebook.data, self._store.read)
        spent = seconds + time.monotonic() - started
        if self._is_head(head, equality, gathered, notebook):
            self._index.settle(checkpoint.key, None)
            self._keep_looks(head.line, head.version, gathered, gathered.folders_before(notebook.path))
            return Outcome(None, unchanged=True, seconds=spent, bytes_new=bytes_new)
        changed = gathered.changed()
        branch = head.branch or (MAIN if head.version is None else self._free_branch(head.line))
        draft = Version(
            id="",
            short="",
            line=head.line,
            branch=branch,
            parents=(head.version,) if head.version else (),
            message=checkpoint.message,
            author="",
            time=checkpoint.time,
            notebook=notebook.path,
            cell_id=checkpoint.cell_id,
            trigger=checkpoint.trigger,
            document=notebook.document,
            metrics=gathered.snapshot.metrics,
            params=gathered.snapshot.params,
            glances=gathered.snapshot.glances,
            counts=gathered.counts(changed),
            bytes_new=bytes_new,
            seconds=spent,
            frozen=carried.frozen,
            trained=carried.trained,
            leaks=carried.leaks,
        )
        version = self._history.append(
            draft, gathered.snapshot, key=checkpoint.key, equality=equality, head=head, changed=changed
        )
        self._index.add(Entry(version, checkpoint.key, equality), gathered.files_changed(changed))
        self._keep_looks(head.line, version.id, gathered, folders)
        return Outcome(version, unchanged=False, seconds=spent, bytes_new=bytes_new, note=_note(head, branch))

    def _is_head(self, head: Head, equality: str, gathered: Gathered, notebook: Notebook) -> bool:
        """Whether a version of that equality would repeat the head version."""
        if head.version is None:
            return False
        known = self._index.equality_of(head.version) or self._history.equality_of(head.version)
        if known == equality:
            return True
        changed = gathered.changed()
        if any(change.path != notebook.path for change in gathered.differences(changed)):
            return False
        parent = self._history.snapshot(head.version)  # with the same files; it may be of before folders counted
        whole = replace(gathered.snapshot, artifacts=parent.artifacts)
        return known == equality_of_old(whole, notebook.path, notebook.data, self._store.read)

    def _keep_looks(
        self, line: str, version: str | None, gathered: Gathered, folders: Mapping[str, Folder]
    ) -> None:
        """Tell the index how the folders of the head version looked; without them the next look takes longer."""
        if version is None:
            return
        gone = [folder for folder, known in folders.items() if not known.files and folder not in gathered.looks]
        kept = {folder: known for folder, known in folders.items() if folder not in gone}
        self._index.keep_looks(line, Looks(version, gathered.rules, kept), gone=gone, after=gathered.after)

    def commit_safety(self, draft: Version, full: Snapshot, notebook: Notebook, *, key: str, head: Head) -> Version:
        """Make a safety version of the present state; no branch and no head moves."""
        equality = equality_of(full, notebook.path, notebook.data, read=self._store.read)
        parent = Snapshot() if head.version is None else self._history.snapshot(head.version)
        seen = Gathered.of(full, parent, 0)
        changed = seen.changed()
        draft = replace(draft, trigger=Trigger.SAFETY, counts=seen.counts(changed))
        version = self._history.append(
            draft, full, key=key, equality=equality, head=head, changed=changed if draft.parents else None
        )
        self._index.add(Entry(version, key, equality))
        return version

    def with_notebook(self, snapshot: Snapshot, notebook: Notebook, batch: Batch) -> tuple[Snapshot, int]:
        """`snapshot` with `notebook` put into the store as its artifact, and the bytes that were new."""
        artifact, added = self._notebook_artifact(notebook, batch)
        if artifact is None:
            return snapshot, 0
        others = [other for other in snapshot.artifacts if other.path != notebook.path]
        return replace(snapshot, artifacts=in_order([*others, artifact])), added

    def _notebook_artifact(self, notebook: Notebook, batch: Batch) -> tuple[Artifact | None, int]:
        """The notebook, stored, and the bytes that were new; None when there is none."""
        if notebook.path is None or notebook.data is None:
            return None, 0
        content = batch.put_bytes(notebook.data)
        try:
            status = (self._root / notebook.path).stat()
            mode, mtime = status.st_mode, status.st_mtime_ns
        except OSError:
            mode, mtime = 0o100644, time.time_ns()
        artifact = Artifact(notebook.path, Role.NOTEBOOK, Access.BOTH, content.digest, content.size, mode, mtime)
        return artifact, content.new

    def _free_branch(self, line: str) -> str:
        taken = [
            int(match[1]) for name in self._history.branches(line) if (match := re.fullmatch(r"branch-(\d+)", name))
        ]
        return f"branch-{max(taken, default=1) + 1}"


def _note(head: Head, branch: str) -> str:
    if head.version is None or head.branch == branch:
        return ""
    return f"opened the branch {branch}, since this continues an older version"
