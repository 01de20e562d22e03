"""Which line a notebook belongs to, through renames and moves."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.capture.notebook import saved_bytes
from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.compare.cells import overlap
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import WORKSPACE_LINE, Head
from jupyter_mlversion.errors import Damage, MlversionError
from jupyter_mlversion.repository.durable import write_durably

if TYPE_CHECKING:
    from jupyter_mlversion.config import Config
    from jupyter_mlversion.history import History
    from jupyter_mlversion.store import Store

SAME = 0.5
"""Share of cells in common from which a notebook at a new path is taken for a missing one that moved."""


class Lines:
    """The lines of a repository and the notebooks that they follow.

    A line's notebook is where its newest version found it, or where it was moved to since (`moved`). A notebook at an
    unknown path continues the line of a notebook that is gone when they have most of their cells in common.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path, config: Config, history: History, store: Store, moves: Path) -> None:
        self._root = root
        self._config = config
        self._history = history
        self._store = store
        self._moves = moves
        self._paths: dict[str, str | None] = {}  # version → its notebook: versions do not change

    def notebooks(self) -> dict[str, str]:
        """Line → workspace path of its notebook, for every line that has one."""
        found = {}
        moves = self._read_moves()
        for line, head in self._history.heads().items():
            if line == WORKSPACE_LINE or head.version is None:
                continue
            path = moves.get(line) or self._notebook_of(head.version)
            if path is not None:
                found[line] = path
        return found

    def find(self, notebook: str | None, document: bytes | None = None) -> str | None:
        """The line of the notebook at a workspace path, or None when it has no version yet.

        Parameters
        ----------
        notebook : None for the line ``workspace``.
        document : the notebook's bytes where they are known; else the saved file is read.
        """
        if notebook is None:
            return WORKSPACE_LINE
        known = self.notebooks()
        line = next((line for line, path in known.items() if path == notebook), None)
        data = document if document is not None else self._saved(notebook)
        if line is not None:
            return line if data is None or not self._was_replaced(line, data, known) else None
        if data is None:
            return None
        gone = [line for line, path in known.items() if not (self._root / path).exists()]
        scored = [(self._likeness(line, data), line) for line in gone]
        best = max(scored, default=(0.0, ""))
        if best[0] < SAME:
            return None
        return best[1]

    def adopt(self, line: str, notebook: str | None) -> None:
        """Remember that `line` goes on at the path `notebook`."""
        if notebook is not None and self.notebooks().get(line) not in (None, notebook):
            self._write_moves({**self._read_moves(), line: notebook})

    def moved(self, old: str, new: str) -> None:
        """A notebook, or a folder that holds notebooks, was renamed from `old` to `new`."""
        moves = self._read_moves()
        for line, path in self.notebooks().items():
            if path == old:
                moves[line] = new
            elif path.startswith(f"{old}/"):
                moves[line] = new + path[len(old) :]
        if moves != self._read_moves():
            self._write_moves(moves)

    def moved_from(self, old: str) -> str | None:
        """Where the notebook is now whose line was last at `old`; None when nothing is known of a move."""
        moves = self._read_moves()
        for line, head in self._history.heads().items():
            if line in moves and head.version is not None and self._notebook_of(head.version) == old:
                return moves[line]
        return None

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
                for artifact in self._snapshot(self._history.head(other)).artifacts:
                    shared.setdefault(artifact.path, []).append(notebook)
        return {path: tuple(sorted(notebooks)) for path, notebooks in shared.items()}

    def _was_replaced(self, line: str, data: bytes, known: dict[str, str]) -> bool:
        """Whether the notebook of `line` moved away and another one took its path (``Untitled.ipynb`` does that)."""
        last = self._last_bytes(line)
        if last is None or overlap(last, data) > 0:
            return False
        elsewhere = self._moved_to(last, set(known.values()))
        if elsewhere is None:
            return False
        self._write_moves({**self._read_moves(), line: elsewhere})
        return True

    def _moved_to(self, last: bytes, known: set[str]) -> str | None:
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

    def _likeness(self, line: str, data: bytes) -> float:
        last = self._last_bytes(line)
        return 0.0 if last is None else overlap(last, data)

    def _last_bytes(self, line: str) -> bytes | None:
        head = self._history.head(line)
        if head.version is None:
            return None
        path = self._notebook_of(head.version)
        artifact = self._snapshot(head).artifact(path) if path else None
        if artifact is None or artifact.digest is None or artifact.digest not in self._store:
            return None
        try:
            return self._store.read(artifact.digest)
        except Damage:
            return None

    def _snapshot(self, head: Head) -> Snapshot:
        return Snapshot() if head.version is None else self._history.snapshot(head.version)

    def _notebook_of(self, version: str) -> str | None:
        if version not in self._paths:
            self._paths[version] = self._history.read(version).notebook
        return self._paths[version]

    def _saved(self, notebook: str) -> bytes | None:
        try:
            return saved_bytes(self._root / notebook)
        except (OSError, MlversionError):
            return None

    def _read_moves(self) -> dict[str, str]:
        try:
            moves = canonical.load(self._moves.read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(line): str(path) for line, path in moves.items()} if isinstance(moves, dict) else {}

    def _write_moves(self, moves: dict[str, str]) -> None:
        write_durably(self._moves, canonical.dump(moves))
