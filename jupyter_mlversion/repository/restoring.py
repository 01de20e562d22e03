"""The second straight path: plan, safety version, journaled switch, acknowledgement."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.capture import environment
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.compare import cells
from jupyter_mlversion.domain.artifact import Access, Role
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Head, Trigger, Version
from jupyter_mlversion.errors import InvalidNotebook, MlversionError
from jupyter_mlversion.repository.copying import Copier, Wanted
from jupyter_mlversion.repository.lines import relocated
from jupyter_mlversion.repository.present import unchanged
from jupyter_mlversion.restore.journal import Journal
from jupyter_mlversion.restore.notebook import content_for_front_end, restored_bytes
from jupyter_mlversion.restore.plan import make_plan, refuse_conflicts
from jupyter_mlversion.restore.selection import of_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from jupyter_mlversion.domain.environment import Environment
    from jupyter_mlversion.domain.plan import CellChange, Obstacle, RestorePlan
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.commit import Committer
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.present import Looks, Present
    from jupyter_mlversion.repository.safety import Kept, Safety
    from jupyter_mlversion.restore.journal import Applied
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
    parts : roles of the files; empty for all.
    everything : the other lines' artifacts too, as they were when the version was made.
    keep_new : leave files alone that the version does not have.
    document : bytes of the line's open notebook, unsaved edits included; None when it is closed.
    open_documents : workspace paths that are open in the front end, which applies them itself.
    branch : to go on with, where the version is its newest; empty for the one that the line is on, else the version's.
    """

    version: str
    paths: tuple[str, ...] = ()
    parts: frozenset[Role] = frozenset()
    everything: bool = False
    keep_new: bool = False
    document: bytes | None = None
    open_documents: frozenset[str] = frozenset()
    branch: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all of the version is wanted: the line's head then moves to it."""
        return not self.paths and not self.parts


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is known when a restore is planned."""

    version: Version
    target: Snapshot
    head: Head
    current: Snapshot
    notebook: str | None
    looks: Looks


class Restorer:
    """Plans and carries out restores; the caller holds the writer lock for `restore`.

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
        committer: Committer,
        present: Present,
        safety: Safety,
    ) -> None:
        self._root = root
        self._store = store
        self._history = history
        self._lines = lines
        self._committer = committer
        self._present = present
        self._safety = safety
        self.journal = Journal(root, store, present.known)
        self.copier = Copier(root, store, history, self.journal, self._wanted, self.move_head)

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
        refuse_conflicts(plan)
        documents = self._documents(request, scene, plan)
        kept = self._keep_present(request, scene, plan, progress)
        head_after = self._head_after(request, scene.version, scene.head) if request.is_whole else scene.head
        restore_id = uuid.uuid4().hex
        prepared = self.journal.prepare(
            restore_id,
            plan,
            scene.target,
            expected=kept.digests,
            open_documents=frozenset(documents),
            heads=(to_plain(scene.head), to_plain(head_after)),
            progress=progress,
        )
        applied = self.journal.apply(prepared, move_head=self.move_head, progress=progress)
        self._remember(scene, applied)
        return Restored(
            id=restore_id,
            plan=plan,
            restored=True,
            safety_version=kept.version,
            written=applied.written,
            removed=applied.removed,
            kept=applied.kept,
            documents={path: documents[path] for path in applied.pending},
        )

    def move_head(self, plain: dict[str, object]) -> None:
        """Let a line stand where a journal record says; the journal calls this, after a crash too."""
        after = from_plain(Head, plain)
        now = self._history.head(after.line)
        if now != after:
            self._history.set_head(after, expected=now)

    def _remember(self, scene: _Scene, applied: Applied) -> None:
        written = set(applied.written)
        with suppress(MlversionError):  # a cache
            self._present.remember(item for item in scene.target.artifacts if item.path in written)

    def _scene(self, request: RestoreRequest) -> _Scene:
        version, target, notebook = self._wanted(request)
        head = self._history.head(version.line)
        current = Snapshot() if head.version is None else self._history.snapshot(head.version)
        if head.version is not None:
            current = relocated(current, self._history.read(head.version).notebook, notebook)
        looks = self._present.looks((*target.artifacts, *current.artifacts))
        return _Scene(version, target, head, current, notebook, looks)

    def _wanted(self, request: RestoreRequest) -> Wanted:
        version = self._history.read(request.version)
        notebook = self._lines.current_path(version.line) or version.notebook
        target = relocated(self._history.snapshot(version.id), version.notebook, notebook)
        if request.everything:
            target = self._whole_workspace(version, target)
        elif not request.paths and version.trigger != Trigger.SAFETY:
            target = _own(target, notebook)
        return version, target, notebook

    def _removable(self, scene: _Scene, shared: Mapping[str, tuple[str, ...]]) -> Snapshot:
        """What the head has that a restore may take away because the version lacks it: never what was only read.

        A file that was only read may have been there long before it was read for the first time; one that others use
        is theirs too; the notebook stays.
        """
        made = [
            artifact
            for artifact in scene.current.artifacts
            if artifact.access != Access.READ and artifact.path not in shared and artifact.path != scene.notebook
        ]
        absent = [artifact for artifact in scene.target.artifacts if artifact.is_absent]
        return replace(scene.current, artifacts=(*made, *absent))

    def _whole_workspace(self, version: Version, target: Snapshot) -> Snapshot:
        """`target` with the artifacts that other lines had when `version` was made; its own win."""
        merged = {artifact.path: artifact for artifact in target.artifacts}
        for line, head in self._history.heads().items():
            if line != version.line and (other := self._newest_before(head, version.time)) is not None:
                where = self._lines.current_path(line)
                snapshot = relocated(self._history.snapshot(other), self._history.read(other).notebook, where)
                for artifact in snapshot.artifacts:
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
        shared = self._lines.sharing(scene.version.line)
        wanted = [artifact for artifact in scene.target.artifacts if not artifact.is_absent]
        target, head = of_parts(
            replace(scene.target, artifacts=tuple(wanted)), self._removable(scene, shared), request.parts
        )
        same = unchanged(wanted, scene.looks)
        lost = self._store.missing(item.digest for item in wanted if item.digest is not None and item.path not in same)
        plan = make_plan(
            version_id=scene.version.id,
            target=target,
            head=head,
            root=self._root,
            paths=request.paths,
            keep_new=request.keep_new,
            digest_of=self._present.digest,
            settled=same.keys(),
            available=lambda digest: digest not in lost,
            environment=self._environment(scene.current),
            notebook=scene.notebook,
            document=request.document,
            keepable=self._present.why_not_keepable,
            shared=shared,
        )
        touches = any(write.path == scene.notebook for write in plan.writes)
        return replace(plan, cells=self._cells(request, scene)) if touches else plan

    def _cells(self, request: RestoreRequest, scene: _Scene) -> tuple[CellChange, ...]:
        digest = next(item.digest for item in scene.target.artifacts if item.path == scene.notebook and item.digest)
        present = request.document
        if present is None and scene.notebook is not None:
            present = self._committer.notebook_or_none(scene.notebook, None).data
        return cells.changes(present, self._store.read(digest))

    def _environment(self, current: Snapshot) -> Environment:
        return current.environment if current.environment.python else environment.capture()

    def _keep_present(self, request: RestoreRequest, scene: _Scene, plan: RestorePlan, progress: Progress) -> Kept:
        return self._safety.keep(
            scene.head,
            scene.current,
            touched={write.path for write in plan.writes} | set(plan.removes),
            known={artifact.path for artifact in (*scene.current.artifacts, *scene.target.artifacts)},
            notebook=self._committer.notebook_or_none(scene.notebook, request.document),
            message=f"before restoring {scene.version.short}",
            progress=progress,
            looks=scene.looks,
        )

    def _head_after(self, request: RestoreRequest, version: Version, head: Head) -> Head:
        """Where the line stands after restoring `version`; for a safety version, where it stood when that was taken."""
        if version.trigger == Trigger.SAFETY:
            if not version.parents:  # taken before the first version: there is nothing to go back to
                return head
            stood = version.parents[0]
            return Head(version.line, self._branch_at(version.line, stood, version.branch), stood)
        wanted = (request.branch, head.branch, version.branch)
        return Head(version.line, self._branch_at(version.line, version.id, *wanted), version.id)

    def _branch_at(self, line: str, version: str, *preferred: str | None) -> str | None:
        tips = self._history.branches(line)
        return next((name for name in (*preferred, *sorted(tips)) if name and tips.get(name) == version), None)

    def _documents(self, request: RestoreRequest, scene: _Scene, plan: RestorePlan) -> dict[str, bytes]:
        """The bytes of the open notebooks that the front end applies itself, read before anything is switched.

        One that no front end could show is written as a file, like a closed one.
        """
        found = {}
        wanted = {write.path for write in plan.writes} & request.open_documents
        for artifact in (item for item in scene.target.artifacts if item.path in wanted):
            with suppress(InvalidNotebook):
                data = restored_bytes(self._store, artifact)
                content_for_front_end(data)
                found[artifact.path] = data
        return found


def _own(snapshot: Snapshot, notebook: str | None) -> Snapshot:
    """`snapshot` without the notebooks of other lines."""
    kept = [
        item for item in snapshot.artifacts if item.role != Role.NOTEBOOK or notebook is None or item.path == notebook
    ]
    return replace(snapshot, artifacts=tuple(kept))
