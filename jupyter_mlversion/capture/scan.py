"""Walks the workspace for files that nobody pointed at."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.ignore import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_mlversion.config import Config


def tracked(root: Path, config: Config) -> list[str]:
    """The files, and symbolic links, that fit `config.track`, as sorted workspace paths; nothing is followed."""
    if not config.track:
        return []
    ignore = Ignore(root, config)
    return sorted(path for path, _ in _entries(root, ignore) if ignore.tracks(path) and not ignore.matches(path))


def changed_since(root: Path, config: Config, since_ns: int) -> list[str]:
    """The files, and symbolic links, that changed at or after a time, as sorted workspace paths; nothing is followed.

    Parameters
    ----------
    since_ns : nanoseconds since the epoch; content, name, mode and owner changes count (mtime and ctime).
    """
    ignore = Ignore(root, config)
    changed = (path for path, entry in _entries(root, ignore) if _changed(entry, since_ns))
    return sorted(path for path in changed if not ignore.matches(path))


def _changed(entry: os.DirEntry[str], since_ns: int) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:  # gone since it was listed
        return False
    if status.st_mtime_ns < since_ns and status.st_ctime_ns < since_ns:
        return False
    return stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)


def _entries(root: Path, ignore: Ignore) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry that is no folder, with its workspace path; folders that are left out are not entered."""
    pending = [""]
    while pending:
        folder = pending.pop()
        entries = _listed(os.path.join(root, folder) if folder else os.fspath(root))
        if folder and ignore.prunes(folder, (entry.name for entry in entries)):
            continue
        prefix = f"{folder}/" if folder else ""
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
            except OSError:
                continue
            if is_folder:
                pending.append(prefix + entry.name)
            else:
                yield prefix + entry.name, entry


def _listed(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # gone, or not ours to read: nothing in it can be captured
        return []
