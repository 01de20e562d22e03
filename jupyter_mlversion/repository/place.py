"""Whether a workspace can be written to, and where its index is kept."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from jupyter_mlversion.config import FOLDER_NAME

NAME = "index.sqlite"


def is_writable(root: Path) -> bool:
    """Whether versions of the workspace `root` can be made: not on a read-only disk, or in another user's folder."""
    folder = root / FOLDER_NAME
    return os.access(folder if folder.is_dir() else root, os.W_OK)


def index_path(folder: Path) -> Path:
    """The file of the index of the repository in `folder`.

    A folder that cannot be written to, on a disk that is read-only or another user's, can still be looked at: the index
    is a cache, and lies among the temporary files of this user then.
    """
    if os.access(folder, os.W_OK) or not folder.is_dir():
        return folder / NAME
    import hashlib  # the usual folder needs neither
    import tempfile

    apart = Path(tempfile.gettempdir()) / f"mlversion-{os.getuid()}"
    with suppress(FileExistsError):
        apart.mkdir(mode=0o700)
    if apart.lstat().st_uid != os.getuid() or apart.is_symlink() or not apart.is_dir():
        apart = Path(tempfile.mkdtemp(prefix="mlversion-"))
    return apart / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.sqlite"
