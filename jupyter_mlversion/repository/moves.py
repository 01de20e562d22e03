"""Where notebooks went since the head version of their line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.repository.durable import write_durably

if TYPE_CHECKING:
    from pathlib import Path

Paths = dict[str, list[str]]
"""Line → the workspace paths that its notebook had, the present one last; an empty text: it is gone."""


class Moves:
    """The file that remembers them; without it, lines are found by the cells of their notebooks.

    Parameters
    ----------
    file : ``.mlversion/moves.json``.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> Paths:
        """What is known; nothing when the file is missing or damaged."""
        try:
            plain = canonical.load(self._file.read_bytes())
            return {str(line): [str(path) for path in paths] for line, paths in plain.items() if paths}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def add(self, line: str, old: str, new: str) -> None:
        """The notebook of `line` went from `old` to `new`; the writer lock is held."""
        paths = self.read()
        were = [path for path in paths.get(line, [old]) if path not in {"", new}]
        write_durably(self._file, canonical.dump({**paths, line: [*were, new]}))
