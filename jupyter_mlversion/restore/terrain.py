"""What lies where a restore wants to write: folders, files and links, never followed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import FileFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Terrain:
    """The workspace as a plan sees it, with some paths that the same restore removes.

    Parameters
    ----------
    root : the workspace.
    gone : workspace paths that will be removed before anything is written.
    """

    def __init__(self, root: Path, gone: set[str]) -> None:
        self._root = root
        self._gone = gone
        self._seen: dict[str, os.stat_result | None] = {}

    def reachable(self, path: str) -> bool:
        """Whether every parent of `path` is a real folder now."""
        return all(_is_folder(self._status(parent)) for parent in _parents(path))

    def file(self, path: str) -> os.stat_result | None:
        """The status of what is at `path` now; None for nothing, a folder, or a parent that is no real folder.

        Raises
        ------
        FileFailure : the OS does not let us look.
        """
        status = self._status(path) if self.reachable(path) else None
        return None if _is_folder(status) else status

    def blockage(self, path: str) -> str:
        """Why nothing can be written at `path` once the gone files are gone; empty when it can.

        Raises
        ------
        FileFailure : the OS does not let us look.
        """
        for parent in _parents(path):
            status = self._status(parent)
            if status is None or (parent in self._gone and not _is_folder(status)):
                return ""
            if stat.S_ISLNK(status.st_mode):
                return f"its folder {parent} is a symbolic link, which a restore never follows"
            if not _is_folder(status):
                return f"its folder {parent} is a file now"
        if _is_folder(self._status(path)) and not self._empties(path):
            return "a folder is in its place, which this restore would not empty"
        return ""

    def _status(self, path: str) -> os.stat_result | None:
        """Status of `path`, whose parents are known to be folders or absent."""
        if path not in self._seen:
            try:
                self._seen[path] = os.lstat(self._root / path)
            except (FileNotFoundError, NotADirectoryError):
                self._seen[path] = None
            except OSError as error:
                message = f"{path} cannot be looked at: {error.strerror}"
                raise FileFailure(message) from error
        return self._seen[path]

    def _empties(self, folder: str) -> bool:
        """Whether removing the gone files empties the folder; folders inside that are empty already would stay."""
        try:
            names = os.listdir(self._root / folder)
        except OSError as error:
            message = f"{folder} cannot be looked at: {error.strerror}"
            raise FileFailure(message) from error
        paths = [f"{folder}/{name}" for name in names]
        return bool(paths) and all(
            self._empties(path) if _is_folder(self._status(path)) else path in self._gone for path in paths
        )


def _parents(path: str) -> Iterator[str]:
    """The folders above `path`, the outermost first."""
    parts = path.split("/")
    for end in range(1, len(parts)):
        yield "/".join(parts[:end])


def _is_folder(status: os.stat_result | None) -> bool:
    return status is not None and stat.S_ISDIR(status.st_mode)
