"""The second straight path: plan, safety version, journaled switch, acknowledgement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_mlversion.capture import environment
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.compare import cells
from jupyter_mlversion.domain.artifact import Artifact, Role
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Head, Trigger, Version
from jupyter_mlversion.errors import Moved, RestoreConflict
from jupyter_mlversion.restore.journal import Journal
from jupyter_mlversion.restore.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.environment import Environment
    from jupyter_mlversion.domain.plan import CellChange, Obstacle, RestorePlan
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.commit import Committer
    from jupyter_mlversion.repository.gather import Gatherer
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.present import Present
    from jupyter_mlversion.store import Store


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Parameters
    ----------
    id : of the restore; acknowledged under it.
    plan : what was decided.
    restored : False for a dry run.
    safety_version : full id of the version that holds the state before; restoring it is the undo.
    written, removed : workspace paths.
    kept : files that changed meanwhile and were put aside, with the new name in the reason.
    documents : workspace path → bytes of the open notebooks that the front end must apply.
    """

    id: str
    plan: RestorePlan
    restored: bool
    safety_version: str | None
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[Obstacle, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """What is to be restored.

    Parameters
    ----------
    version : full id.
    paths : workspace paths of files or folders; empty for all of the version.
    everything : the other lines' artifacts too, as they were when the version was made.
    keep_new : leave files alone that the version does not have.
    document : bytes of the line's open notebook, unsaved edits included; None when it is closed.
    open_documents : workspace paths that are open in the front end, which applies them itself.
    """

    version: str
    paths: tuple[str, ...] = ()
    everything: bool = False
    keep_new: bool = False
    document: bytes | None = None
    open_documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is known when a restore is planned."""

    version: Version
    target: Snapshot
    head: Head
    current: Snapshot
    notebook: str | None


class Restorer:
    """Plans and carries out restores; the caller holds the writer lock for `restore`.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        store: Store,
        history: History,
        lines: Lines,
        gatherer: Gatherer,
        committer: Committer,
        present: Present,
    ) -> None:
        self._root = root
        self._config = config
        self._store = store
        self._history = history
        self._lines = lines
        self._gatherer = gatherer
        self._committer = committer
        self._present = present
        self.journal = Journal(root, store)

    def plan(self, request: RestoreRequest) -> RestorePlan:
        """What `request` would do; nothing is changed."""
        return self._plan(request, self._scene(request))

    def restore(self, request: RestoreRequest, progress: Progress = silent) -> Restored:
        """Keep the present state in a safety version, then switch to the version; wholly or not at all.

        Raises
        ------
        RestoreConflict : something present cannot be kept; nothing was changed.
        """
        scene = self._scene(request)
        plan = self._plan(request, scene)
        if plan.conflicts:
            listed = "; ".join(f"{item.path}: {item.reason}" for item in plan.conflicts)
            message = f"cannot restore {scene.version.short}: {listed}"
            raise RestoreConflict(message, hint="Move these files away, or name only the paths that you want.")
        safety, expected = self._keep_present(request, scene, plan, progress)
        head_after = scene.head if request.paths else self._head_after(scene.version)
        restore_id = uuid.uuid4().hex
        prepared = self.journal.prepare(
            restore_id,
            plan,
            scene.target,
            expected=expected,
            open_documents=request.open_documents,
            heads=(to_plain(scene.head), to_plain(head_after)),
            progress=progress,
        )
        applied = self.journal.apply(prepared, move_head=self.move_head, progress=progress)
        return Restored(
            id=restore_id,
            plan=plan,
            restored=True,
            safety_version=safety,
            written=applied.written,
            removed=applied.removed,
            kept=applied.kept,
            documents={path: self._document(scene.target, path) for path in applied.pending},
        )

    def move_head(self, plain: dict[str, object]) -> None:
        """Let a line stand where a journal record says; the journal calls this, after a crash too."""
        after = from_plain(Head, plain)
        now = self._history.head(after.line)
        if now != after:
            self._history.set_head(after, expected=now)

    def _scene(self, request: RestoreRequest) -> _Scene:
        version = self._history.read(request.version)
        head = self._history.head(version.line)
        current = Snapshot() if head.version is None else self._history.snapshot(head.version)
        notebook = self._lines.current_path(version.line) or version.notebook
        target = _relocated(self._history.snapshot(version.id), version.notebook, notebook)
        if head.version is not None:
            current = _relocated(current, self._history.read(head.version).notebook, notebook)
        if request.everything:
            target = self._whole_workspace(version, target)
        elif not request.paths:
            target = _own(target, notebook)
        return _Scene(version, target, head, current, notebook)

    def _whole_workspace(self, version: Version, target: Snapshot) -> Snapshot:
        """`target` with the artifacts that other lines had when `version` was made; its own win."""
        merged = {artifact.path: artifact for artifact in target.artifacts}
        for line, head in self._history.heads().items():
            if line != version.line and (other := self._newest_before(head, version.time)) is not None:
                for artifact in self._history.snapshot(other).artifacts:
                    merged.setdefault(artifact.path, artifact)
        return replace(target, artifacts=tuple(merged[path] for path in sorted(merged)))

    def _newest_before(self, head: Head, time: datetime) -> str | None:
        current = head.version
        while current is not None:
            version = self._history.read(current)
            if version.time <= time:
                return current
            current = version.parents[0] if version.parents else None
        return None

    def _plan(self, request: RestoreRequest, scene: _Scene) -> RestorePlan:
        plan = make_plan(
            version_id=scene.version.id,
            target=scene.target,
            head=scene.current,
            root=self._root,
            paths=request.paths,
            keep_new=request.keep_new,
            digest_of=self._present.digest,
            available=self._store.__contains__,
            environment=self._environment(scene.current),
            notebook=scene.notebook,
            document=request.document,
            keepable=self._present.why_not_keepable,
            shared=self._lines.sharing(scene.version.line),
        )
        return replace(plan, cells=self._cells(request, scene))

    def _cells(self, request: RestoreRequest, scene: _Scene) -> tuple[CellChange, ...]:
        artifact = scene.target.artifact(scene.notebook) if scene.notebook else None
        if artifact is None or artifact.digest is None or artifact.digest not in self._store:
            return ()
        present = request.document
        if present is None and scene.notebook is not None:
            present = self._committer.notebook_or_none(scene.notebook, None).data
        return cells.changes(present, self._store.read(artifact.digest))

    def _environment(self, current: Snapshot) -> Environment:
        return current.environment if current.environment.python else environment.capture()

    def _keep_present(
        self, request: RestoreRequest, scene: _Scene, plan: RestorePlan, progress: Progress
    ) -> tuple[str | None, dict[str, Digest | None]]:
        """The safety version of the present state, and the digests of what may be overwritten."""
        touched = {write.path for write in plan.writes} | set(plan.removes)
        if not touched:
            return (scene.head.version, {})
        known = {artifact.path for artifact in scene.current.artifacts if not artifact.path.startswith("/")}
        kept, added = self._gatherer.present(touched, progress, unlimited=True)
        rest, more = self._gatherer.present(known - touched, progress)
        expected: dict[str, Digest | None] = dict.fromkeys(touched)
        expected.update({artifact.path: artifact.digest for artifact in kept})
        snapshot = replace(scene.current, artifacts=_as_known([*kept, *rest], scene.current))
        notebook = self._committer.notebook_or_none(scene.notebook, request.document)
        added += more
        if request.document is not None:
            with self._store.batch() as batch:
                snapshot, more = self._committer.with_notebook(snapshot, notebook, batch)
            added += more
        if scene.head.version is not None and _same(snapshot, scene.current):
            return scene.head.version, expected
        draft = Version(
            id="",
            short="",
            line=scene.version.line,
            branch=scene.head.branch or "",
            parents=(scene.head.version,) if scene.head.version else (),
            message=f"before restoring {scene.version.short}",
            author="",
            time=datetime.now(UTC),
            notebook=scene.notebook,
            cell_id="",
            trigger=Trigger.SAFETY,
            document=notebook.document,
            metrics=snapshot.metrics,
            params=snapshot.params,
            bytes_new=added,
        )
        version = self._committer.commit_safety(
            draft, snapshot, notebook, key=f"safety.{uuid.uuid4().hex}", head=scene.head
        )
        return version.id, expected

    def _head_after(self, version: Version) -> Head:
        """Where the line stands after restoring `version`; for a safety version, where it stood when that was taken."""
        if version.trigger == Trigger.SAFETY:
            stood = version.parents[0] if version.parents else None
            return Head(version.line, self._branch_at(version.line, version.branch, stood), stood)
        return Head(version.line, self._branch_at(version.line, version.branch, version.id), version.id)

    def _branch_at(self, line: str, preferred: str, version: str | None) -> str | None:
        tips = self._history.branches(line)
        if tips.get(preferred) == version:
            return preferred
        return next((name for name, tip in sorted(tips.items()) if tip == version), None)

    def _document(self, target: Snapshot, path: str) -> bytes:
        artifact = target.artifact(path)
        if artifact is None or artifact.digest is None:
            message = f"{path} is not in the version"
            raise Moved(message)
        return self._store.read(artifact.digest)


def _relocated(snapshot: Snapshot, old: str | None, new: str | None) -> Snapshot:
    """`snapshot` with its notebook at the path where the line's notebook is now."""
    if old is None or new is None or old == new:
        return snapshot
    moved = [replace(item, path=new) if item.path == old else item for item in snapshot.artifacts if item.path != new]
    return replace(snapshot, artifacts=tuple(sorted(moved, key=lambda item: item.path)))


def _own(snapshot: Snapshot, notebook: str | None) -> Snapshot:
    """`snapshot` without the notebooks of other lines."""
    kept = [
        item for item in snapshot.artifacts if item.role != Role.NOTEBOOK or notebook is None or item.path == notebook
    ]
    return replace(snapshot, artifacts=tuple(kept))


def _as_known(captured: Sequence[Artifact], current: Snapshot) -> tuple[Artifact, ...]:
    """`captured`, sorted, with what the head version knew of each file's use."""
    known = {artifact.path: artifact.access for artifact in current.artifacts}
    ordered = sorted(captured, key=lambda item: item.path)
    return tuple(replace(item, access=known.get(item.path, item.access)) for item in ordered)


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
