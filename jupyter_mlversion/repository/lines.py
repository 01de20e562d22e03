"""Which line a notebook belongs to, through renames and moves."""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.capture.notebook import saved_bytes
from jupyter_mlversion.compare.cells import has_cell, likeness, overlap
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import WORKSPACE_LINE, Head
from jupyter_mlversion.errors import Damage, MlversionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.moves import Moves
    from jupyter_mlversion.store import Store

SAME = 0.5
"""Share of cells in common from which two notebooks are taken for the same one."""


class Lines:
    """The lines of a repository and the notebooks that they follow.

    A line's notebook is where its head version found it, or where it went since (`Moves`). A notebook at an unknown
    path continues the line of one that is gone when they have most of their cells in common; one that has nothing in
    common with the line at its path starts a line of its own.

    Parameters
    ----------
    root : the workspace.
    known : looks a version up by its full id; None where that has to be read from the history.
    """

    def __init__(self, root: Path, config: Config, history: History, store: Store, moves: Moves,
                 known: Callable[[str], Version | None] = lambda _: None) -> None:
        self._root = root
        self._config = config
        self._history = history
        self._store = store
        self._moves = moves
        self._known = known
        self._paths: dict[str, str | None] = {}  # version → its notebook: versions do not change

    def notebooks(self) -> dict[str, str]:
        """Line → workspace path of its notebook now, for every line that has one."""
        found = {line: paths[-1] for line, paths in self._moves.read().items()}
        for line, head in self._history.heads().items():
            if line not in found and line != WORKSPACE_LINE and head.version is not None:
                path = self._notebook_of(head.version)
                if path is not None:
                    found[line] = path
        return {line: path for line, path in found.items() if path}

    def at(self, notebook: str | None) -> str | None:
        """The line whose notebook is at a workspace path, by the path alone; of None, the line ``workspace``."""
        if notebook is None:
            return WORKSPACE_LINE
        return next((line for line, path in self.notebooks().items() if path == notebook), None)

    def find(self, notebook: str | None, document: bytes | None = None) -> str | None:
        """The line that the notebook at a workspace path continues, or None when it starts one.

        Parameters
        ----------
        notebook : None for the line ``workspace``.
        document : the notebook's bytes where they are known; else the saved file is read.
        """
        line = self.at(notebook)
        if notebook is None:
            return line
        data = document if document is not None else self._saved(notebook)
        if data is None:
            return line
        if line is not None:
            return None if self._was_replaced(line, data) else line
        return self._gone_like(data)

    def adopt(self, line: str, notebook: str | None) -> None:
        """From here on `line` goes on at the path `notebook`, and no other line does."""
        if notebook is None:
            return
        known = self.notebooks()
        for other, path in known.items():
            if path == notebook and other != line:
                self._moves.add(other, path, "")
        if known.get(line) != notebook and (line in known or line in self._moves.read()):
            self._moves.add(line, known.get(line, ""), notebook)

    def begin(self, line: str, notebook: str) -> None:
        """`line` is that of the notebook at the path `notebook`, though it has no version on a branch yet."""
        self._moves.add(line, notebook, notebook)

    def moved(self, old: str, new: str) -> None:
        """A notebook, or a folder that holds notebooks, was renamed from `old` to `new`."""
        for line, path in self.notebooks().items():
            if path == old or path.startswith(f"{old}/"):
                self.adopt(line, new + path[len(old) :])

    def where_now(self, notebook: str | None, cell_id: str = "") -> str | None:
        """Where a notebook is that a kernel knew at `notebook` when it started.

        Parameters
        ----------
        cell_id : a cell that it has: tells it from a new notebook at the old path.
        """
        if notebook is None:
            return None
        here = self._saved(notebook)
        if here is not None and (not cell_id or has_cell(here, cell_id)):
            return notebook
        known = self.notebooks()
        went = [known[line] for line, paths in self._moves.read().items() if notebook in paths[:-1] and line in known]
        for path in reversed(went):
            there = self._saved(path)
            if there is not None and (here is None or has_cell(there, cell_id)):
                return path
        return notebook

    def new(self, notebook: str) -> str:
        """An id for a line that starts now; readable in Git, unique by itself."""
        stem = re.sub(r"[^a-z0-9]+", "-", Path(notebook).stem.lower()).strip("-")[:40]
        return f"{stem or 'notebook'}-{uuid.uuid4().hex[:8]}"

    def current_path(self, line: str) -> str | None:
        """Where the notebook of `line` is now."""
        return self.notebooks().get(line)

    def sharing(self, line: str) -> dict[str, tuple[str, ...]]:
        """Workspace path → notebooks of other lines whose head versions use that file too."""
        shared: dict[str, list[str]] = {}
        for other, notebook in self.notebooks().items():
            if other != line:
                for artifact in self.snapshot(self._history.head(other)).artifacts:
                    shared.setdefault(artifact.path, []).append(notebook)
        return {path: tuple(sorted(notebooks)) for path, notebooks in shared.items()}

    def snapshot(self, head: Head) -> Snapshot:
        """The snapshot of a head; empty before the first version."""
        return Snapshot() if head.version is None else self._history.snapshot(head.version)

    def _was_replaced(self, line: str, data: bytes) -> bool:
        """Whether another notebook took the path of `line`'s (``Untitled.ipynb`` does that); where it went is noted."""
        last = self._last_bytes(line)
        if last is None or overlap(last, data) > 0 or likeness(last, data) >= SAME:
            return False
        went = self._moved_to(last)
        if went is not None:
            self.adopt(line, went)
        return True

    def _moved_to(self, last: bytes) -> str | None:
        known = set(self.notebooks().values())
        ignore = Ignore(self._root, self._config)
        for folder, folders, files in os.walk(self._root):
            here = Path(folder).relative_to(self._root)
            folders[:] = [name for name in folders if not ignore.matches(f"{(here / name).as_posix()}/")]
            for name in files:
                path = (here / name).as_posix()
                if name.endswith(".ipynb") and path not in known:
                    data = self._saved(path)
                    if data is not None and overlap(last, data) >= SAME:
                        return path
        return None

    def _gone_like(self, data: bytes) -> str | None:
        """The line whose notebook is gone and was most like `data`, if any is like it at all."""
        known = self.notebooks()
        lines = {*known, *(line for line in self._history.heads() if line != WORKSPACE_LINE)}
        gone = [line for line in lines if line not in known or not (self._root / known[line]).exists()]
        scored = [(likeness(self._last_bytes(line), data), line) for line in gone]
        best = max(scored, default=(0.0, ""))
        return best[1] if best[0] >= SAME else None

    def _last_bytes(self, line: str) -> bytes | None:
        head = self._history.head(line)
        if head.version is None:
            return None
        path = self._notebook_of(head.version)
        artifact = self.snapshot(head).artifact(path) if path else None
        if artifact is None or artifact.digest is None or artifact.digest not in self._store:
            return None
        try:
            return self._store.read(artifact.digest)
        except Damage:
            return None

    def _notebook_of(self, version: str) -> str | None:
        if version not in self._paths:
            self._paths[version] = (self._known(version) or self._history.read(version)).notebook
        return self._paths[version]

    def _saved(self, notebook: str) -> bytes | None:
        try:
            return saved_bytes(self._root / notebook)
        except (OSError, MlversionError):
            return None


def relocated(snapshot: Snapshot, old: str | None, new: str | None) -> Snapshot:
    """`snapshot` with its notebook, which was at `old`, at the path `new` where the line's notebook is now."""
    if old is None or new is None or old == new:
        return snapshot
    moved = [replace(item, path=new) if item.path == old else item for item in snapshot.artifacts if item.path != new]
    return replace(snapshot, artifacts=tuple(sorted(moved, key=lambda item: item.path)))
