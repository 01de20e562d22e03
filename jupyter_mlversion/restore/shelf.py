"""Shelves: where new files wait and old ones are put, on the same file system as the paths that are switched."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.codec.json import dump, load
from jupyter_mlversion.errors import OutsideWorkspace
from jupyter_mlversion.restore.record import Phase, Step
from jupyter_mlversion.restore.tree import open_folder, open_root, parts_of
from jupyter_mlversion.store import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INTENT = "shelves.json"
_KNOWN = {_INTENT, "new", "old", "record.tmp", *(phase.file_name for phase in Phase)}


def shelf_name(restore_id: str) -> str:
    """The name of a restore's shelf folder outside of the journal."""
    return f".mlversion-restore-{restore_id}"


def file_system_of(folder: int) -> tuple[int, int]:
    """What two folders must have in common for renames between them: device and mount (0 where the OS does not say)."""
    device = os.fstat(folder).st_dev
    try:
        text = Path(f"/proc/self/fdinfo/{folder}").read_text(encoding="ascii")
    except OSError:
        return device, 0
    return device, next((int(line[7:]) for line in text.splitlines() if line.startswith("mnt_id:")), 0)


def choose_shelves(root: int, journal: int, paths: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """For each path the number of its shelf, and the workspace folders that hold the shelves from 1 on."""
    own = file_system_of(journal)
    homes: dict[tuple[int, int], str] = {}
    chosen: dict[str, int] = {}
    by_parent: dict[tuple[str, ...], int] = {}
    for path in paths:
        parent = parts_of(path)[:-1]
        if parent not in by_parent:
            place, home = _home(root, parent)
            if place != own:
                homes.setdefault(place, home)
            by_parent[parent] = 0 if place == own else list(homes).index(place) + 1
        chosen[path] = by_parent[parent]
    return chosen, tuple(homes.values())


def _home(root: int, parent: tuple[str, ...]) -> tuple[tuple[int, int], str]:
    """File system of the deepest existing folder of `parent`, and the outermost folder on the way that lies on it."""
    places = []
    for depth in range(len(parent) + 1):
        try:
            with open_folder(root, parent[:depth]) as folder:
                places.append(file_system_of(folder))
        except OSError:
            break
    place = places[-1]
    depth = len(places) - 1
    while depth and places[depth - 1] == place:
        depth -= 1
    return place, "/".join(parent[:depth])


def make_shelves(root: int, folder: Path, shelves: Sequence[str]) -> None:
    """Make the empty shelves of the restore in `folder`; where they are is made durable first."""
    if shelves:
        with (folder / _INTENT).open("xb") as file:
            file.write(dump(list(shelves)))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)
        sync_folder(folder.parent)
    for side in ("new", "old"):
        (folder / side).mkdir()
    for shelf in shelves:
        with open_folder(root, _parts(shelf)) as home:
            os.mkdir(shelf_name(folder.name), 0o700, dir_fd=home)
            with open_folder(home, (shelf_name(folder.name),)) as made:
                for side in ("new", "old"):
                    os.mkdir(side, dir_fd=made)
            os.fsync(home)


class Shelves:
    """The open ``new`` and ``old`` folders of a restore."""

    def __init__(self, new: list[int], old: list[int]) -> None:
        self._new = new
        self._old = old

    def new(self, step: Step) -> int:
        """The folder where the step's new file waits."""
        return self._new[step.shelf]

    def old(self, step: Step) -> int:
        """The folder where the step's old file is put."""
        return self._old[step.shelf]

    def sync(self) -> None:
        """Make all names on the shelves durable."""
        for folder in [*self._new, *self._old]:
            os.fsync(folder)


@contextmanager
def open_shelves(root: int, folder: Path, shelves: Sequence[str]) -> Iterator[Shelves]:
    """The shelves of the restore in `folder`, open for the block."""
    with ExitStack() as stack:
        own = stack.enter_context(open_root(folder))
        others = [open_folder(root, (*_parts(shelf), shelf_name(folder.name))) for shelf in shelves]
        places = [own, *(stack.enter_context(other) for other in others)]
        new, old = ([stack.enter_context(open_folder(place, (side,))) for place in places] for side in ("new", "old"))
        yield Shelves(new, old)


def discard(root: Path, folder: Path) -> bool:
    """Delete a restore's folder and shelves: the record first, so that a kill in between leaves no half restore.

    Returns
    -------
    False when the folder holds anything that no restore put there; it is then left alone.

    Raises
    ------
    OSError : the OS refused; what is left is discarded the next time.
    """
    if not {entry.name for entry in os.scandir(folder)} <= _KNOWN:
        return False
    shelves = _intended(folder)
    for phase in Phase:
        (folder / phase.file_name).unlink(missing_ok=True)
    sync_folder(folder)
    for shelf in shelves:
        _discard_shelf(root, shelf, folder.name)
    shutil.rmtree(folder)
    return True


def _intended(folder: Path) -> list[str]:
    try:
        shelves = load((folder / _INTENT).read_bytes())
        for shelf in shelves:
            _parts(shelf)
    except (OSError, ValueError, TypeError, AttributeError, OutsideWorkspace):
        return []
    return list(shelves)


def _discard_shelf(root: Path, shelf: str, restore_id: str) -> None:
    with open_root(root) as descriptor:
        try:
            with open_folder(descriptor, _parts(shelf)) as home:
                shutil.rmtree(shelf_name(restore_id), dir_fd=home)
        except FileNotFoundError:
            return


def _parts(shelf: str) -> tuple[str, ...]:
    return parts_of(shelf) if shelf else ()
