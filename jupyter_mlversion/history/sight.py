"""Looks at all refs that remember what cannot change: a look at a history starts no process, and reads little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.history import refs
from jupyter_mlversion.history.names import HEADS, LINES
from jupyter_mlversion.history.ref_files import packed_refs, ref_files
from jupyter_mlversion.history.refs import Place, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mlversion.history.git import Git

_Mark = tuple[int, ...]


class Sight:
    """Looks at the refs of one repository.

    Remembered are which refs a file of packed refs holds (Git never writes into it, it puts another one into its
    place), and what the blob of a line says.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._packed: tuple[_Mark, Mapping[str, str]] = ((), {})
        self._places: dict[str, Place] = {}

    def every(self) -> dict[str, str]:
        """All refs: name → id, sorted by name."""
        known = ref_files(self._git.folder, self._packed_refs)
        return refs.every(self._git) if known is None else known

    def standings(self) -> dict[str, Standing]:
        """Where all lines stand."""
        now = self.every()
        blobs = {name.removeprefix(LINES): id_ for name, id_ in now.items() if name.startswith(LINES)}
        if not all(blob in self._places for blob in blobs.values()):
            found = refs.standings(self._git)
            self._places.update((one.blob, one.place) for one in found.values() if one.blob and one.place)
            return found
        branches: dict[str, dict[str, str]] = {line: {} for line in blobs}
        for name, id_ in now.items():
            if name.startswith(HEADS):
                line, _, branch = name.removeprefix(HEADS).partition("/")
                branches.setdefault(line, {})[branch] = id_
        return {line: Standing(line, self._places.get(blobs.get(line, "")), blobs.get(line), own)
                for line, own in branches.items()}

    def _packed_refs(self, path: Path) -> Mapping[str, str]:
        mark = _mark(path)
        if self._packed[0] != mark:
            self._packed = (mark, packed_refs(path))
        return self._packed[1]


def _mark(path: Path) -> _Mark:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
