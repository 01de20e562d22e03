"""Which folder is the workspace, and how its files are named."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.errors import OutsideWorkspace, UnsafeWorkspace


def find_root(path: Path) -> Path:
    """The workspace of a file or folder: nearest ``.mlversion`` above, else enclosing Git work tree, else its folder.

    Nothing is created and no process is started.

    Raises
    ------
    UnsafeWorkspace : that would be a home folder or the root of the file system.
    """
    path = Path(os.path.abspath(path))
    folder = path if path.is_dir() else path.parent
    above = [folder, *folder.parents]
    for candidate in above:
        if (candidate / FOLDER_NAME).is_dir() and not is_unsafe(candidate):
            return candidate
    for candidate in above:
        if (candidate / ".git").exists() and not is_unsafe(candidate):
            return candidate
    if is_unsafe(folder):
        message = f"{folder} is a home folder or the root of the file system: it cannot be a workspace"
        raise UnsafeWorkspace(message, hint="Move the notebook into a folder of its own, with its data and models.")
    return folder


def is_unsafe(folder: Path) -> bool:
    """Whether a workspace there would take in a whole home or a whole machine."""
    return folder == folder.parent or folder == Path(os.path.abspath(Path.home()))


def workspace_path(root: Path, path: Path | str) -> str:
    """`path` (absolute, or relative to `root`) as a workspace path: relative, parts joined by ``/``.

    Raises
    ------
    OutsideWorkspace : it leads out of the workspace.
    """
    absolute = os.path.normpath(os.path.join(root, path))
    relative = os.path.relpath(absolute, root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep) or os.path.isabs(relative):
        message = f"{path} is outside of the workspace {root}"
        raise OutsideWorkspace(message)
    return relative.replace(os.sep, "/")
