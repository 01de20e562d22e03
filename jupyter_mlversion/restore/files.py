"""The inverse of capture's files: an artifact becomes a file with its bytes, mode and time."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.store import Store

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PERMISSIONS = 0o777
"""Set-user-id, set-group-id and sticky bits are never restored."""


def permissions(mode: int) -> int:
    """The permission bits of `mode` that a restore sets."""
    return mode & _PERMISSIONS


def write_new(store: Store, artifact: Artifact, folder: int, name: str, progress: Progress = silent) -> None:
    """Make the artifact as the new file `name` in the folder with descriptor `folder`; durable but for the folder.

    Raises
    ------
    FileFailure : the artifact has no bytes.
    CorruptChunk : the stored bytes are damaged.
    OSError : the OS refused; a file that was begun is left for the caller to remove.
    """
    if artifact.digest is None:
        message = f"{artifact.path} has no stored bytes"
        raise FileFailure(message)
    if artifact.is_symlink:
        os.symlink(os.fsdecode(store.read(artifact.digest)), name, dir_fd=folder)
        os.utime(name, ns=(artifact.mtime_ns, artifact.mtime_ns), dir_fd=folder, follow_symlinks=False)
        return
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        store.get(artifact.digest, descriptor, progress)
        os.fchmod(descriptor, permissions(artifact.mode))
        os.utime(descriptor, ns=(artifact.mtime_ns, artifact.mtime_ns))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def same_kind(status: os.stat_result, mode: int) -> bool:
    """Whether a present file has the type and permission bits of the captured `mode`."""
    if stat.S_IFMT(status.st_mode) != stat.S_IFMT(mode):
        return False
    return stat.S_ISLNK(mode) or permissions(status.st_mode) == permissions(mode)
