"""Contents paths, as Jupyter's front ends name files, and the files behind them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.services.contents.fileio import FileManagerMixin

from jupyter_mlversion.errors import FileFailure, OutsideWorkspace, UnknownPath, UsageError

if TYPE_CHECKING:
    from jupyter_server.services.contents.manager import ContentsManager

_DRIVE = re.compile(r"[A-Za-z][\w.-]*:")


class Contents:
    """The folder that a Jupyter server shows.

    Parameters
    ----------
    manager : the server's contents manager.
    """

    def __init__(self, manager: ContentsManager) -> None:
        self._manager = manager

    @property
    def root(self) -> Path:
        """The folder that contents paths start from.

        Raises
        ------
        FileFailure : this server's contents are no files on a disk that it can reach.
        """
        if not isinstance(self._manager, FileManagerMixin):
            message = f"This server's contents manager, {type(self._manager).__name__}, keeps no files on a local disk."
            raise FileFailure(message, hint="Versions need a workspace on disk: use the usual contents manager.")
        return Path(os.path.abspath(self._manager.root_dir))

    def local(self, path: str) -> Path:
        """The file or folder at a contents path, there or not; a drive prefix (``RTC:``) is dropped.

        Raises
        ------
        OutsideWorkspace : the path leads out of the server's folder.
        UnknownPath : it is hidden, and the server does not serve hidden files.
        UsageError : it is no path.
        """
        if "\0" in path:
            message = "A path holds a null character."
            raise UsageError(message)
        root = self.root
        if (drive := _DRIVE.match(path)) and not (root / path.strip("/")).exists():
            path = path[drive.end():]
        local = Path(os.path.normpath(root / path.strip("/")))
        if not local.is_relative_to(root):
            message = f"{path} is outside of the folder that this server serves."
            raise OutsideWorkspace(message)
        if not self._manager.allow_hidden and any(part.startswith(".") for part in local.relative_to(root).parts):
            message = f"{path} is hidden, and this server does not serve hidden files."
            raise UnknownPath(message)
        return local

    def path_of(self, local: Path) -> str | None:
        """The contents path of a file or folder; None when it lies outside of the server's folder."""
        for root, path in ((self.root, local), (self.root.resolve(), local.resolve())):
            if path.is_relative_to(root):
                relative = path.relative_to(root).as_posix()
                return "" if relative == "." else relative
        return None
