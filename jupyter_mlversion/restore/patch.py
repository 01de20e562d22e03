"""When the present file can be turned into the new one by writing only what differs."""

from __future__ import annotations

import fcntl
import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import CorruptChunk, FileFailure
from jupyter_mlversion.restore.lease import take_lease
from jupyter_mlversion.restore.record import Patch
from jupyter_mlversion.restore.tree import open_folder, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.store import Store

_SMALLEST = 64 * 1024
"""Bytes below which a file is written whole: that costs less than finding out."""

_SHARE = 2
"""A patch writes at most one such part of a file; more is better written beside, where the old file stays whole."""

_MOST_RANGES = 4096

_FICLONE = 0x40049409
_OPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Patcher:
    """Finds the patches of one restore.

    Parameters
    ----------
    root : descriptor of the workspace.
    store : where both contents are.
    known : the digest that a workspace path has when it looks like that, if the stat cache says so.
    """

    def __init__(self, root: int, store: Store, known: Callable[[str, os.stat_result], Digest | None]) -> None:
        self._root = root
        self._store = store
        self._known = known

    def patch(self, artifact: Artifact, expected: Digest | None, shelf: int) -> Patch | None:
        """The patch that turns the file at the artifact's path, which holds `expected`, into the artifact; or None.

        The bytes that it would overwrite are read from the store, so that undoing needs nothing else.

        Parameters
        ----------
        shelf : descriptor of the folder where a new file would be made.
        """
        if artifact.digest is None or expected is None or artifact.size < _SMALLEST or artifact.is_symlink:
            return None
        parts = parts_of(artifact.path)
        try:
            with open_folder(self._root, parts[:-1]) as parent:
                fd = os.open(parts[-1], _OPEN, dir_fd=parent)
        except OSError:
            return None
        try:
            return self._patch(artifact, artifact.digest, expected, fd, shelf)
        except (OSError, CorruptChunk, FileFailure):
            return None
        finally:
            os.close(fd)

    def _patch(self, artifact: Artifact, digest: Digest, expected: Digest, fd: int, shelf: int) -> Patch | None:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            return None
        if self._known(artifact.path, status) != expected:
            return None
        ranges = self._store.differing(expected, digest)
        if len(ranges) > _MOST_RANGES or sum(length for _, length in ranges) * _SHARE > artifact.size:
            return None
        if not take_lease(fd) or (ranges and _can_share(fd, shelf)):
            return None
        self._store.check(expected, ranges)
        return Patch(tuple(ranges), artifact.mtime_ns, status.st_size, status.st_mode, status.st_mtime_ns)


def _can_share(fd: int, folder: int) -> bool:
    """Whether a new file in `folder` can share the blocks of `fd`: then it costs no more than a patch."""
    try:
        probe = os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=folder)
    except (OSError, AttributeError):
        return False
    try:
        fcntl.ioctl(probe, _FICLONE, fd)
    except OSError:
        return False
    finally:
        os.close(probe)
    return True
