"""The last part of the straight path: a captured state becomes a version, unless nothing changed."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.notebook import saved_bytes
from jupyter_mlversion.compare import artifacts as artifact_changes
from jupyter_mlversion.compare.equality import equality_of
from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import MAIN, Checkpoint, Counts, Document, Head, Trigger, Version
from jupyter_mlversion.errors import FileFailure, InvalidNotebook
from jupyter_mlversion.history import Entry, History

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.index import Index
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
    bytes_new : bytes added to the store.
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

    def commit(
        self, checkpoint: Checkpoint, snapshot: Snapshot, notebook: Notebook, *, bytes_new: int, seconds: float
    ) -> Outcome:
        """Make the version of `snapshot` (which lacks the notebook) with `notebook`.

        Parameters
        ----------
        bytes_new, seconds : what staging cost, in bytes and seconds.

        Raises
        ------
        Moved : another process moved the line in between; nothing was changed.
        """
        started = time.monotonic()
        line = self._lines.find(notebook.path, notebook.data) or self._lines.new(notebook.path or "")
        self._lines.adopt(line, notebook.path)
        head = self._history.head(line)
        with self._store.batch() as batch:
            full, added = self.with_notebook(snapshot, notebook, batch)
        equality = equality_of(full, notebook.path, notebook.data, read=self._store.read)
        spent = seconds + time.monotonic() - started
        if head.version is not None and self._history.equality_of(head.version) == equality:
            self._index.settle(checkpoint.key, None)
            return Outcome(None, unchanged=True, seconds=spent, bytes_new=bytes_new + added)
        parent = Snapshot() if head.version is None else self._history.snapshot(head.version)
        branch = head.branch or (MAIN if head.version is None else self._free_branch(line))
        draft = Version(
            id="",
            short="",
            line=line,
            branch=branch,
            parents=(head.version,) if head.version else (),
            message=checkpoint.message,
            author="",
            time=checkpoint.time,
            notebook=notebook.path,
            cell_id=checkpoint.cell_id,
            trigger=checkpoint.trigger,
            document=notebook.document,
            metrics=full.metrics,
            params=full.params,
            counts=counts(parent, full),
            bytes_new=bytes_new + added,
            seconds=spent,
        )
        version = self._history.append(draft, full, key=checkpoint.key, equality=equality, head=head)
        self._index.add(Entry(version, checkpoint.key, equality))
        return Outcome(version, unchanged=False, seconds=spent, bytes_new=bytes_new + added, note=_note(head, branch))

    def commit_safety(self, draft: Version, full: Snapshot, notebook: Notebook, *, key: str, head: Head) -> Version:
        """Make a safety version of the present state; no branch and no head moves."""
        equality = equality_of(full, notebook.path, notebook.data, read=self._store.read)
        parent = Snapshot() if head.version is None else self._history.snapshot(head.version)
        draft = replace(draft, trigger=Trigger.SAFETY, counts=counts(parent, full))
        version = self._history.append(draft, full, key=key, equality=equality, head=head)
        self._index.add(Entry(version, key, equality))
        return version

    def with_notebook(self, snapshot: Snapshot, notebook: Notebook, batch: Batch) -> tuple[Snapshot, int]:
        """`snapshot` with `notebook` put into the store as its artifact, and the bytes that were new."""
        if notebook.path is None or notebook.data is None:
            return snapshot, 0
        content = batch.put_bytes(notebook.data)
        try:
            status = (self._root / notebook.path).stat()
            mode, mtime = status.st_mode, status.st_mtime_ns
        except OSError:
            mode, mtime = 0o100644, time.time_ns()
        artifact = Artifact(notebook.path, Role.NOTEBOOK, Access.BOTH, content.digest, content.size, mode, mtime)
        others = [other for other in snapshot.artifacts if other.path != notebook.path]
        return replace(snapshot, artifacts=tuple(sorted([*others, artifact], key=lambda item: item.path))), content.new

    def _free_branch(self, line: str) -> str:
        taken = [
            int(match[1]) for name in self._history.branches(line) if (match := re.fullmatch(r"branch-(\d+)", name))
        ]
        return f"branch-{max(taken, default=1) + 1}"


def counts(parent: Snapshot, snapshot: Snapshot) -> Counts:
    """How many artifacts `snapshot` has and how many differ from `parent`."""
    kinds = [change.change for change in artifact_changes.changes(parent, snapshot)]
    return Counts(
        artifacts=len(snapshot.artifacts),
        added=kinds.count(Change.ADDED),
        modified=kinds.count(Change.MODIFIED),
        removed=kinds.count(Change.REMOVED),
    )


def _note(head: Head, branch: str) -> str:
    if head.version is None or head.branch == branch:
        return ""
    return f"opened the branch {branch}, since this continues an older version"
