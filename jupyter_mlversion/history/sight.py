"""All refs, read straight from their files: a look at a history starts no process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_mlversion.history import refs
from jupyter_mlversion.history.names import HEADS, LINES, is_id
from jupyter_mlversion.history.refs import Place, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_mlversion.history.git import Git

_Mark = tuple[int, ...]


class Sight:
    """Looks at the refs of one repository, and asks Git where files of refs are not what is understood here.

    What cannot change is remembered: which refs a file of packed refs holds (Git never writes into it, it puts another
    one into its place), and what the blob of a line says.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._packed: tuple[_Mark, dict[str, str]] = ((), {})
        self._places: dict[str, Place] = {}

    def every(self) -> dict[str, str]:
        """All refs: name → id, sorted by name."""
        try:
            if not (self._git.folder / "reftable").exists():
                # In this order: Git packs a ref before it removes its file.
                loose = dict(_loose(self._git.folder, "refs"))
                return dict(sorted({**self._read_packed(), **loose}.items()))
        except (OSError, ValueError):
            pass
        return refs.every(self._git)

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

    def _read_packed(self) -> dict[str, str]:
        path = self._git.folder / "packed-refs"
        mark = _mark(path)
        if self._packed[0] != mark:
            self._packed = (mark, dict(_packed(path)) if mark else {})
        return self._packed[1]


def _mark(path: Path) -> _Mark:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _loose(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(folder / name) as entries:
            found = list(entries)
    except FileNotFoundError:  # Git removes folders that became empty
        return
    for entry in found:
        inside = f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _loose(folder, inside)
        elif not entry.name.endswith(".lock"):
            try:
                with open(entry.path, encoding="ascii") as file:
                    yield inside, _checked(file.read().rstrip("\n"))
            except FileNotFoundError:  # packed, or gone, since
                continue


def _packed(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").split("\n"):
        if line and line[0] not in "#^":
            id_, _, name = line.partition(" ")
            yield name, _checked(id_)


def _checked(id_: str) -> str:
    """An id; anything else (a symbolic ref, half a file) is for Git to judge."""
    if not is_id(id_):
        raise ValueError(id_)
    return id_
