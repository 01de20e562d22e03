"""The file that the executed notebook is written to, as it goes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Conflict, OutsideWorkspace
from jupyter_mlversion.repository.durable import write_durably

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Repository


class Target:
    """Replaces a file again and again; before bytes that are not ours are replaced, a version has them.

    Parameters
    ----------
    path : the file; a link is followed.
    """

    def __init__(self, repository: Repository, path: Path) -> None:
        self._repository = repository
        self._path = Path(os.path.realpath(path))
        self._ours: tuple[int, int, int] | None = None

    def preserve(self) -> None:
        """See to it that a version has the file's bytes, unless they are ours or there is none.

        Raises
        ------
        Conflict : the file is outside of the workspace, where its bytes cannot be kept.
        FileFailure : they cannot be kept: it is no regular file, unreadable, or Git's.
        """
        status = self._status()
        if status is None or _stamp(status) == self._ours:
            return
        try:
            self._repository.preserve(self._named(), "before execute")
        except OutsideWorkspace as error:
            message = f"{self._path} is there already, and outside of the workspace its bytes cannot be kept"
            raise Conflict(message, hint="Remove it, or write to another file.") from error
        self._ours = _stamp(status)

    def write(self, data: bytes) -> None:
        """Replace the file by `data`: wholly old or wholly new at any instant.

        Raises
        ------
        Conflict, FileFailure : what is there cannot be kept (see `preserve`).
        DiskFull, FileFailure : the old file is untouched.
        """
        self.preserve()
        status = self._status()
        write_durably(self._path, data)
        if status is not None and stat.S_IMODE(status.st_mode) != stat.S_IMODE(self._path.stat().st_mode):
            self._path.chmod(stat.S_IMODE(status.st_mode))
        self._ours = _stamp(self._path.stat())

    def _named(self) -> Path:
        """The path below the workspace's own name, which may be a link."""
        real = Path(os.path.realpath(self._repository.root))
        return self._repository.root / self._path.relative_to(real) if self._path.is_relative_to(real) else self._path

    def _status(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except FileNotFoundError:
            return None


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino
