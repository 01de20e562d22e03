"""What a restore would do: the object behind ``--dry-run``, the dialog and the REST answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import Artifact, State
from jupyter_mlversion.domain.plan import Change, Obstacle, RestorePlan, Write
from jupyter_mlversion.errors import FileFailure, MlversionError, OutsideWorkspace, RestoreConflict
from jupyter_mlversion.restore.environment import differences
from jupyter_mlversion.restore.files import same_kind
from jupyter_mlversion.restore.selection import Selection
from jupyter_mlversion.restore.terrain import Terrain
from jupyter_mlversion.restore.tree import parts_of
from jupyter_mlversion.store import digest_of_bytes

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Container, Mapping, Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.artifact import Role
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.environment import Environment
    from jupyter_mlversion.domain.snapshot import Snapshot


def make_plan(  # noqa: PLR0913 - all that a plan depends on, by name
    *,
    version_id: str,
    target: Snapshot,
    head: Snapshot | None,
    root: Path,
    paths: Sequence[str],
    keep_new: bool,
    digest_of: Callable[[str], Digest | None],
    available: Callable[[Digest], bool],
    environment: Environment,
    notebook: str | None,
    document: bytes | None,
    keepable: Callable[[str], str],
    shared: Mapping[str, tuple[str, ...]],
    settled: Container[str] = (),
) -> RestorePlan:
    """The plan of restoring `target` into the workspace; nothing is changed. Its `cells` are for the caller to add.

    Parameters
    ----------
    version_id : full id of the version.
    target : the version's snapshot.
    head : snapshot of the line's head, whose artifacts are removed where `target` lacks them.
    root : the workspace.
    paths : files or folders to restore; empty for all.
    keep_new : remove nothing.
    digest_of : the digest of a workspace path's present bytes (of a symbolic link: of its target's text), None when
        absent; its FileFailure becomes a conflict.
    available : whether the store holds the bytes of a digest.
    environment : the present one.
    notebook, document : path of the line's notebook, and if it is open the document's bytes with unsaved edits.
    keepable : empty, or why the present bytes of a path cannot be kept in the store, which makes a conflict.
    shared : path → other notebooks that use it too.
    settled : paths that are known to be as the version has them.

    Raises
    ------
    UnknownPath : neither the version nor the head has what `paths` names.
    OutsideWorkspace : `paths` leads out of the workspace.
    """
    gone = {artifact.path for artifact in head.artifacts} if head else set()
    there = {artifact.path for artifact in target.artifacts}
    selection = Selection(paths, there | gone)
    files = {artifact.path for artifact in target.artifacts if artifact.state == State.STORED}
    wanted = [item for item in target.artifacts if item.path in selection and _is_open(item, notebook, settled)]
    gone = set() if keep_new else {path for path in gone - there if path in selection}
    open_digest = None if document is None else digest_of_bytes(document)

    def present(path: str) -> Digest | None:
        return open_digest if path == notebook and open_digest is not None else digest_of(path)

    survey = _Survey(Terrain(root, gone), present, available, keepable)
    survey.look(wanted, gone, {path for path in files if path in selection})
    obstacles = {item.path for item in (*survey.missing, *survey.conflicts)}
    touched = {write.path for write in survey.writes} | set(survey.removes)
    return RestorePlan(
        version=version_id,
        writes=tuple(sorted(survey.writes, key=lambda write: write.path)),
        removes=tuple(sorted(survey.removes)),
        missing=tuple(sorted(survey.missing, key=lambda item: item.path)),
        conflicts=tuple(sorted(survey.conflicts, key=lambda item: item.path)),
        environment=differences(target.environment, environment),
        shared={path: tuple(shared[path]) for path in sorted(touched) if shared.get(path)},
        unsaved=notebook is not None and open_digest is not None and _on_disk(digest_of, notebook) != open_digest,
        roles=_roles(touched | obstacles, target, head),
        present={path: survey.sizes[path] for path in sorted(touched & survey.sizes.keys())},
    )


def refuse_conflicts(plan: RestorePlan) -> None:
    """Raise when something is in the way of `plan`.

    Raises
    ------
    RestoreConflict : it is; the message names each path.
    """
    if plan.conflicts:
        listed = "; ".join(f"{item.path}: {item.reason}" for item in plan.conflicts)
        message = f"cannot restore {plan.version[:12]}: {listed}"
        raise RestoreConflict(message, hint="Move these files away, or name only the paths that you want.")


def _roles(paths: set[str], target: Snapshot, head: Snapshot | None) -> dict[str, Role]:
    known = {item.path: item.role for item in (*(head.artifacts if head else ()), *target.artifacts)}
    return {path: known[path] for path in sorted(paths)}


def _is_open(artifact: Artifact, notebook: str | None, settled: Container[str]) -> bool:
    """Whether the artifact has to be looked at: the notebook always, because it may have unsaved edits."""
    return artifact.path == notebook or artifact.path not in settled


def _on_disk(digest_of: Callable[[str], Digest | None], path: str) -> Digest | None:
    try:
        return digest_of(path)
    except FileFailure:
        return None


class _Survey:
    """Looks at one artifact after the other and sorts it into the lists of the plan."""

    def __init__(
        self,
        terrain: Terrain,
        present: Callable[[str], Digest | None],
        available: Callable[[Digest], bool],
        keepable: Callable[[str], str],
    ) -> None:
        self._terrain = terrain
        self._present = present
        self._available = available
        self._keepable = keepable
        self.writes: list[Write] = []
        self.removes: list[str] = []
        self.missing: list[Obstacle] = []
        self.conflicts: list[Obstacle] = []
        self.sizes: dict[str, int] = {}

    def look(self, wanted: Sequence[Artifact], gone: set[str], files: set[str]) -> None:
        """Survey the artifacts `wanted` back and the paths that should be `gone`; `files` of the version get bytes."""
        for path in sorted(gone):
            self._look_at_gone(path)
        for artifact in wanted:
            reason = self._why_missing(artifact)
            if reason:
                if not self._already_there(artifact):
                    self.missing.append(Obstacle(artifact.path, reason))
            else:
                self._look_at_wanted(artifact, files)

    def _why_missing(self, artifact: Artifact) -> str:
        if artifact.state != State.STORED or artifact.digest is None:
            return artifact.reason or f"only its digest was recorded ({artifact.state.value})"
        return "" if self._available(artifact.digest) else "its bytes are no longer in the store"

    def _already_there(self, artifact: Artifact) -> bool:
        try:
            if not artifact.path.startswith("/") and self._terrain.blockage(artifact.path):
                return False
            return artifact.digest is not None and self._present(artifact.path) == artifact.digest
        except (MlversionError, OSError):
            return False

    def _look_at_wanted(self, artifact: Artifact, files: set[str]) -> None:
        path = artifact.path
        try:
            parents = ["/".join(parts_of(path)[:end]) for end in range(1, path.count("/") + 1)]
            reason = self._terrain.blockage(path)
            if not reason and (above := next((parent for parent in parents if parent in files), None)):
                reason = f"the version has a file at {above} too"
            if reason:
                self.conflicts.append(Obstacle(path, reason))
                return
            status = self._terrain.file(path)
            digest = self._present(path) if self._terrain.reachable(path) else None
        except (FileFailure, OutsideWorkspace) as error:
            self.conflicts.append(Obstacle(path, error.message))
            return
        if digest == artifact.digest and status is not None and same_kind(status, artifact.mode):
            return
        self._add_write(artifact, status, kept=digest == artifact.digest)

    def _add_write(self, artifact: Artifact, status: os.stat_result | None, *, kept: bool) -> None:
        reason = "" if status is None or kept else self._keepable(artifact.path)
        if reason:
            self.conflicts.append(Obstacle(artifact.path, reason))
            return
        if status is not None:
            self.sizes[artifact.path] = status.st_size
        self.writes.append(Write(artifact.path, artifact.size, Change.ADDED if status is None else Change.MODIFIED))

    def _look_at_gone(self, path: str) -> None:
        try:
            parts_of(path)
            status = self._terrain.file(path)
            if status is None:
                return
            self.sizes[path] = status.st_size
            reason = "" if self._present(path) is None else self._keepable(path)
        except OutsideWorkspace:
            return
        except FileFailure as error:
            reason = error.message
        if reason:
            self.conflicts.append(Obstacle(path, reason))
        else:
            self.removes.append(path)
