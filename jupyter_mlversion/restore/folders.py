"""Which folders a restore makes, and which its removes leave empty."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.restore.files import permissions
from jupyter_mlversion.restore.record import Emptied
from jupyter_mlversion.restore.tree import open_folder, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def emptied_by(root: int, removes: Sequence[str], writes: Sequence[str]) -> tuple[Emptied, ...]:
    """The folders that hold nothing but `removes`, and into which no write goes; the deepest first."""
    needed = {parts_of(path)[:depth] for path in writes for depth in range(1, path.count("/") + 1)}
    gone = {parts_of(path) for path in removes}
    candidates = {parts[:depth] for parts in gone for depth in range(1, len(parts))} - needed
    emptied = []
    for parts in sorted(candidates, key=lambda item: (-len(item), item)):
        mode = _mode_if_emptied(root, parts, gone)
        if mode is not None:
            gone.add(parts)
            emptied.append(Emptied("/".join(parts), mode))
    return tuple(emptied)


def made_for(root: int, writes: Sequence[str]) -> tuple[str, ...]:
    """The folders that `writes` need and that are not there now, the outermost first."""
    needed = {parts_of(path)[:depth] for path in writes for depth in range(1, path.count("/") + 1)}
    return tuple("/".join(parts) for parts in sorted(needed) if not _is_there(root, parts))


def _mode_if_emptied(root: int, parts: tuple[str, ...], gone: set[tuple[str, ...]]) -> int | None:
    try:
        with open_folder(root, parts) as folder:
            if any((*parts, name) not in gone for name in os.listdir(folder)):
                return None
            return permissions(os.fstat(folder).st_mode)
    except OSError:
        return None


def _is_there(root: int, parts: tuple[str, ...]) -> bool:
    try:
        with open_folder(root, parts) as folder:
            return stat.S_ISDIR(os.fstat(folder).st_mode)
    except OSError:
        return False
