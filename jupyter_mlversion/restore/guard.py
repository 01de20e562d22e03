"""Knowing what a file held that is replaced, without reading it: nobody can have changed it since it was looked at."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_mlversion.restore.lease import is_wanted, take_lease
from jupyter_mlversion.restore.tree import status_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.restore.record import Step

_SMALLEST = 4 * 2**20
"""Bytes below which a file is read: that costs less."""

_MOST = 64
"""Files that are held open at the same time."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Guards:
    """Leases on large files, from before they are replaced until what was replaced is checked.

    Parameters
    ----------
    known : the digest that a workspace path has when it looks like that, if the stat cache says so.
    """

    def __init__(self, known: Callable[[str, os.stat_result], Digest | None]) -> None:
        self._known = known
        self._open: dict[int, int] = {}

    def watch(self, step: Step, parent: int, name: str) -> None:
        """Take a lease on the file that the step replaces, if it is what is expected; else it will be read."""
        status = status_at(parent, name)
        if status is None or not stat.S_ISREG(status.st_mode) or status.st_size < _SMALLEST or len(self._open) >= _MOST:
            return
        try:
            fd = os.open(name, _OPEN, dir_fd=parent)
        except OSError:
            return
        if take_lease(fd) and self._known(step.path, os.fstat(fd)) == step.expected:
            self._open[step.number] = fd
        else:
            os.close(fd)

    def vouch(self, step: Step, folder: int) -> bool:
        """Whether the step's old file in `folder` is the one that was looked at, and nobody could write it since.

        The lease goes: it would keep us, too, from opening the file.
        """
        fd = self._open.pop(step.number, None)
        if fd is None:
            return False
        try:
            status, here = status_at(folder, str(step.number)), os.fstat(fd)
            same = status is not None and (status.st_ino, status.st_dev) == (here.st_ino, here.st_dev)
            return same and not is_wanted(fd)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Let the leases go."""
        while self._open:
            os.close(self._open.popitem()[1])
