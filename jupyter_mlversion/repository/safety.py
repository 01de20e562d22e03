"""The version of what is there now, made before anything is overwritten."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import ABSENT, Access, Artifact, Role, State
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.repository.present import unchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.version import Head
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.commit import Committer, Notebook
    from jupyter_mlversion.repository.gather import Gatherer
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.present import Looks, Present
    from jupyter_mlversion.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept.

    Parameters
    ----------
    version : full id of a version that holds the whole present state: a new safety version, or the line's head.
    digests : of the present bytes of the paths that may be overwritten; None where nothing is.
    """

    version: str
    digests: dict[str, Digest | None]


class Safety:
    """Keeps the present state; the caller holds the writer lock.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(
        self,
        root: Path,
        store: Store,
        history: History,
        lines: Lines,
        gatherer: Gatherer,
        committer: Committer,
        present: Present,
    ) -> None:
        self._root = root
        self._store = store
        self._history = history
        self._lines = lines
        self._gatherer = gatherer
        self._committer = committer
        self._present = present

    def preserve(self, path: str, digest: Digest | None, message: str) -> str | None:
        """See `Repository.preserve`; `digest` is that of the present bytes."""
        if digest is None:
            message = f"{path} is not a file"
            raise FileFailure(message, hint="Choose another path.")
        line = self._lines.at(path) or self._lines.find(path)
        if line is None:
            line = self._lines.new(path)
            self._lines.begin(line, path)
        head = self._history.head(line)
        current = self._lines.snapshot(head)
        if any(item.digest == digest and item.state == State.STORED for item in current.artifacts):
            return None
        known = [artifact.path for artifact in current.artifacts]
        notebook = self._committer.notebook_or_none(path, None)
        return self.keep(
            head, current, touched=[path], known=known, notebook=notebook, message=message, progress=silent
        ).version

    def keep(
        self,
        head: Head,
        current: Snapshot,
        *,
        touched: Iterable[str],
        known: Iterable[str],
        notebook: Notebook,
        message: str,
        progress: Progress,
        looks: Looks | None = None,
    ) -> Kept:
        """Keep the present bytes of `touched`, whatever their size, and of `known`, within the limits.

        Where nothing is at a touched path, that is recorded too: restoring the safety version removes what came there.

        Parameters
        ----------
        head, current : where the line stands, and the snapshot there.
        notebook : the line's notebook; a live document stands for the file.
        looks : what a look at the files told a moment ago.

        Raises
        ------
        FileFailure : one of `touched` cannot be kept; nothing may be overwritten then.
        """
        touched = set(touched)
        rest_of = {path for path in known if not path.startswith("/")} - touched
        same = self._held(current, looks)
        kept, added = self._gatherer.present(sorted(touched - same.keys()), progress, unlimited=True)
        kept = (*kept, *(same[path] for path in touched & same.keys()))
        absent = self._absent(touched, kept)
        rest, more = self._gatherer.present(sorted(rest_of - same.keys()), progress)
        rest = (*rest, *(same[path] for path in rest_of & same.keys()))
        snapshot = replace(current, artifacts=_as_known([*kept, *rest, *absent], current))
        added += more
        if notebook.document == Document.LIVE:
            with self._store.batch() as batch:
                snapshot, more = self._committer.with_notebook(snapshot, notebook, batch)
            added += more
        digests: dict[str, Digest | None] = dict.fromkeys(touched)
        digests.update({artifact.path: artifact.digest for artifact in kept})
        if head.version is not None and _same(snapshot, current):
            return Kept(head.version, digests)
        return Kept(self._commit(head, snapshot, notebook, message, added), digests)

    def _held(self, current: Snapshot, looks: Looks | None) -> dict[str, Artifact]:
        """What the head has, and the store holds, and a look at the workspace tells to be unchanged."""
        same = unchanged(current.artifacts, self._present.looks(current.artifacts) if looks is None else looks)
        lost = self._store.missing(item.digest for item in same.values() if item.digest is not None)
        return {path: item for path, item in same.items() if item.digest not in lost} if lost else same

    def _absent(self, touched: set[str], kept: Sequence[Artifact]) -> list[Artifact]:
        """Records of the touched paths where nothing is; whatever is somewhere must have been kept."""
        reasons = {artifact.path: artifact.reason for artifact in kept if artifact.state == State.DIGEST_ONLY}
        found = {artifact.path for artifact in kept} - set(reasons)
        for path in sorted(touched - found):
            if _is_there(self._root / path):
                why = reasons.get(path, "it belongs to Git or to us")
                message = f"{path} would be overwritten and cannot be kept: {why}"
                raise FileFailure(message, hint="Move it away, or choose another path.")
        return [
            Artifact(path, Role.OTHER, Access.TRACKED, None, 0, 0, 0, State.DIGEST_ONLY, ABSENT)
            for path in sorted(touched - found)
        ]

    def _commit(self, head: Head, snapshot: Snapshot, notebook: Notebook, message: str, added: int) -> str:
        draft = Version(
            id="",
            short="",
            line=head.line,
            branch=head.branch or "",
            parents=(head.version,) if head.version else (),
            message=message,
            author="",
            time=datetime.now(UTC),
            notebook=notebook.path,
            cell_id="",
            trigger=Trigger.SAFETY,
            document=notebook.document,
            metrics=snapshot.metrics,
            params=snapshot.params,
            glances=snapshot.glances,
            bytes_new=added,
        )
        key = f"safety.{uuid.uuid4().hex}"
        return self._committer.commit_safety(draft, snapshot, notebook, key=key, head=head).id


def _as_known(captured: Sequence[Artifact], current: Snapshot) -> tuple[Artifact, ...]:
    """`captured`, sorted, with what the head version knew of each file's use."""
    known = {artifact.path: artifact.access for artifact in current.artifacts}
    ordered = sorted(captured, key=lambda item: item.path)
    return tuple(
        item if known.get(item.path, item.access) == item.access else replace(item, access=known[item.path])
        for item in ordered
    )


def _same(a: Snapshot, b: Snapshot) -> bool:
    """Whether restoring `b` would bring back all of `a`."""

    def contents(snapshot: Snapshot) -> dict[str, tuple[str | None, int, str]]:
        # The state counts: a version that knows only a file's digest could not bring it back.
        return {
            item.path: (item.digest, item.mode, item.state)
            for item in snapshot.artifacts
            if not item.path.startswith("/")
        }

    return contents(a) == contents(b)


def _is_there(path: Path) -> bool:
    return os.path.lexists(path) and (path.is_symlink() or not path.is_dir())
