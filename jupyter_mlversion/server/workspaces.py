"""The workspaces that the server has open."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlversion.config import FILE_NAME, FOLDER_NAME
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.format import check_format
from jupyter_mlversion.repository.workspace import find_root, workspace_path
from jupyter_mlversion.server.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mlversion.server.contents import Contents


@dataclass(frozen=True, slots=True)
class Place:
    """What a request is about.

    Parameters
    ----------
    workspace : the workspace.
    notebook : workspace path of the notebook; None when only a folder was named.
    named : the contents path as the request has it.
    """

    workspace: Workspace
    notebook: str | None
    named: str

    @property
    def repository(self) -> Repository:
        """The workspace's versions.

        Raises
        ------
        NotFound : it has none yet.
        """
        return self.workspace.opened()


class Workspaces:
    """Open workspaces by their folder; each is opened when it is first asked for, and again when it was replaced.

    Parameters
    ----------
    contents : the folder that the server shows.
    opened : called with each workspace that was opened, in the thread that asked.
    """

    def __init__(self, contents: Contents, opened: Callable[[Workspace], None]) -> None:
        self.contents = contents
        self._opened = opened
        self._open: dict[Path, Workspace] = {}
        self._lock = threading.Lock()

    def locate(self, notebook: str | None, folder: str | None) -> Place:
        """The workspace of a notebook, or of a folder, given by contents path. Creates nothing.

        Raises
        ------
        UsageError : neither is given.
        MlversionError : the path is not allowed, or the workspace cannot be opened.
        """
        named = notebook if notebook is not None else folder
        if named is None or notebook == "":
            message = "The request names no notebook."
            raise UsageError(message, hint="Give its contents path as `notebook`, or a folder's as `folder`.")
        local = self.contents.local(named)
        workspace = self.at(find_root(local))
        return Place(workspace, None if notebook is None else workspace_path(workspace.root, local), named)

    def at(self, root: Path, *, create: bool = False) -> Workspace:
        """The workspace whose root is the folder `root`; with `create`, one that can hold versions."""
        if create and not (root / FOLDER_NAME / "format.json").exists():
            Repository.open(root, create=True)
        with self._lock:
            known, identity = self._open.get(root), _identity(root)
            if known is not None and known.identity == identity:
                return known
            workspace = Workspace(root, _open(root), self.contents, identity)
            if known is not None:
                workspace.follow(known)
            self._open[root] = workspace
        self._opened(workspace)
        return workspace


def _open(root: Path) -> Repository | None:
    """The repository as it is; mending it may take long and is left to the workspace's lane."""
    if not (root / FOLDER_NAME / "format.json").exists():
        return None
    check_format(root / FOLDER_NAME)
    return Repository(root)


def _identity(root: Path) -> tuple[object, ...]:
    ours = root / FOLDER_NAME
    return (_mark(ours, "st_dev", "st_ino"), _mark(ours / "format.json", "st_ino"),
            _mark(root / FILE_NAME, "st_ino", "st_size", "st_mtime_ns"))


def _mark(path: Path, *names: str) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return tuple(getattr(status, name) for name in names)
