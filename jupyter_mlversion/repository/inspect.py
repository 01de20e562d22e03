"""Reading verbs: one version whole, the difference of two, where the workspace stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.capture import scan
from jupyter_mlversion.capture.notebook import saved_bytes
from jupyter_mlversion.compare import artifacts, cells, environment, splits, values
from jupyter_mlversion.domain.artifact import Role
from jupyter_mlversion.domain.difference import Difference
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.errors import InvalidNotebook
from jupyter_mlversion.repository.lines import relocated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.present import Present
    from jupyter_mlversion.store import Store


@dataclass(frozen=True, slots=True)
class Detail:
    """A version with its whole snapshot.

    Parameters
    ----------
    lacking : what of it lacks its bytes, as it was last found: mostly workspace paths.
    """

    version: Version
    snapshot: Snapshot
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineStatus:
    """Where a line stands: notebook (None on the line ``workspace``), head version, branch (None between branches)."""

    line: str
    notebook: str | None
    head: str | None
    branch: str | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs from the head version of a line that uses it."""

    path: str
    role: Role
    change: Change


@dataclass(frozen=True, slots=True)
class Status:
    """Where the workspace stands.

    Parameters
    ----------
    workspace : its folder.
    store_bytes : size of the content store.
    staged : staged checkpoints that wait for their document.
    """

    workspace: Path
    lines: tuple[LineStatus, ...]
    changed: tuple[FileChange, ...]
    store_bytes: int
    staged: int


class Inspector:
    """Answers questions; changes nothing.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(
        self, root: Path, config: Config, store: Store, history: History, lines: Lines, present: Present
    ) -> None:
        self._root = root
        self._config = config
        self._store = store
        self._history = history
        self._lines = lines
        self._present = present

    def show(self, version: str, *, lacking: Iterable[str] = ()) -> Detail:
        """The version with the full id `version`, whole."""
        return Detail(self._history.read(version), self._history.snapshot(version), tuple(lacking))

    def difference(self, a: str, b: str | None) -> Difference:
        """How version `b` (None: the workspace) differs from version `a`; full ids."""
        before = self._history.snapshot(a)
        version = self._history.read(a)
        if b is None:
            notebook = self._lines.current_path(version.line) or version.notebook
            before = relocated(before, version.notebook, notebook)
            after = self.workspace(version, before, notebook)
            old_bytes, new_bytes = self.document(before, notebook), self.saved(notebook)
        else:
            after = self._history.snapshot(b)
            old_bytes = self.document(before, version.notebook)
            new_bytes = self.document(after, self._history.read(b).notebook)
        return Difference(
            artifacts=artifacts.changes(before, after),
            metrics=values.changes(before.metrics, after.metrics),
            params=values.changes(before.params, after.params),
            environment=environment.changes(before.environment, after.environment),
            cells=cells.changes(old_bytes, new_bytes),
            splits=splits.changes(before.splits, after.splits, self._store.read),
        )

    def workspace(self, version: Version, snapshot: Snapshot, notebook: str | None) -> Snapshot:
        """The head of the line of `version` with the files as they are now.

        Parameters
        ----------
        snapshot : of `version`, its notebook at the path `notebook`; files that only it has are looked at as well.
        notebook : where the line's notebook is now.
        """
        return self._workspace(self._known(version, snapshot, notebook))

    def status(self, staged: int) -> Status:
        """Where every line stands, and which of their files differ from it."""
        lines, changed = [], {}
        used: set[str] = set()
        notebooks = self._lines.notebooks()
        for line, head in sorted(self._history.heads().items()):
            lines.append(LineStatus(line, notebooks.get(line), head.version, head.branch))
            if head.version is not None:
                before = self._history.snapshot(head.version)
                used.update(artifact.path for artifact in before.artifacts)
                for change in artifacts.changes(before, self._workspace(before)):
                    changed[change.path] = FileChange(change.path, change.role, change.change)
        for path in scan.tracked(self._root, self._config):
            if path not in changed and path not in used:
                changed[path] = FileChange(path, Role.OTHER, Change.ADDED)
        listed = tuple(changed[path] for path in sorted(changed))
        return Status(self._root, tuple(lines), listed, self._store.nbytes(), staged)

    def _workspace(self, known: Snapshot) -> Snapshot:
        """`known` as its files are now."""
        return replace(known, artifacts=tuple(self._present.artifacts(known.artifacts)))

    def _known(self, version: Version, before: Snapshot, notebook: str | None) -> Snapshot:
        """The head of the line of `version`, with the files that `before` has besides."""
        head = self._history.head(version.line)
        current = self._lines.snapshot(head)
        if head.version is not None:
            current = relocated(current, self._history.read(head.version).notebook, notebook)
        merged = {artifact.path: artifact for artifact in (*before.artifacts, *current.artifacts)}
        return replace(current, artifacts=tuple(merged[path] for path in sorted(merged)))

    def document(self, snapshot: Snapshot, path: str | None) -> bytes | None:
        """The bytes of the notebook that a snapshot has at `path`; None where it has none, or they are not stored."""
        artifact = snapshot.artifact(path) if path else None
        if artifact is None or artifact.digest is None or artifact.digest not in self._store:
            return None
        return self._store.read(artifact.digest)

    def saved(self, notebook: str | None) -> bytes | None:
        """The bytes of the notebook as it is saved; None where there is none that can be read."""
        try:
            return saved_bytes(self._root / notebook) if notebook else None
        except (FileNotFoundError, InvalidNotebook):
            return None
