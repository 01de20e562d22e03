"""The inverse of capture's files: an artifact becomes a file with its bytes, mode and time."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.store import Store

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PERMISSIONS = 0o777
"""Set-user-id, set-group-id and sticky bits are never restored."""


def permissions(mode: int) -> int:
    """The permission bits of `mode` that a restore sets."""
    return mode & _PERMISSIONS


@dataclass(frozen=True, slots=True)
class Form:
    """What a file is to be: the digest of its bytes, its ``st_mode``, its time in nanoseconds since the epoch."""

    digest: Digest
    mode: int
    mtime_ns: int

    @classmethod
    def restored(cls, digest: Digest, mode: int, mtime_ns: int) -> Self:
        """A form with the permissions only that a restore sets."""
        return cls(digest, stat.S_IFMT(mode) | permissions(mode), mtime_ns)

    @classmethod
    def of(cls, artifact: Artifact) -> Self:
        """The form in which an artifact is restored.

        Raises
        ------
        FileFailure : the artifact has no bytes.
        """
        if artifact.digest is None:
            message = f"{artifact.path} has no stored bytes"
            raise FileFailure(message)
        return cls.restored(artifact.digest, artifact.mode, artifact.mtime_ns)


def write_new(
    store: Store,
    form: Form,
    folder: int,
    name: str,
    progress: Progress = silent,
    *,
    base: tuple[int, Digest] | None = None,
    sync: Callable[[int], object] = os.fsync,
) -> None:
    """Make the new file `name` in the folder with descriptor `folder`; durable but for the folder.

    Parameters
    ----------
    base : see `Store.get`.
    sync : makes the complete file durable, given its descriptor.

    Raises
    ------
    CorruptChunk : the stored bytes are damaged.
    DiskFull, FileFailure, OSError : the OS refused; a file that was begun is left for the caller to remove.
    """
    if stat.S_ISLNK(form.mode):
        os.symlink(os.fsdecode(store.read(form.digest)), name, dir_fd=folder)
        os.utime(name, ns=(form.mtime_ns, form.mtime_ns), dir_fd=folder, follow_symlinks=False)
        return
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        store.get(form.digest, descriptor, progress, base=base)
        os.fchmod(descriptor, stat.S_IMODE(form.mode))
        os.utime(descriptor, ns=(form.mtime_ns, form.mtime_ns))
        sync(descriptor)
    finally:
        os.close(descriptor)


def same_kind(status: os.stat_result, mode: int) -> bool:
    """Whether a present file has the type and permission bits of the captured `mode`."""
    if stat.S_IFMT(status.st_mode) != stat.S_IFMT(mode):
        return False
    return stat.S_ISLNK(mode) or permissions(status.st_mode) == permissions(mode)
