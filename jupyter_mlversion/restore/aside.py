"""Putting aside what a restore must not lose: under a free name beside its path."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import PurePosixPath

from jupyter_mlversion.domain.plan import Obstacle
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.restore.swap import rename_free
from jupyter_mlversion.restore.tree import open_folder, parts_of

_LONGEST_STEM = 100


class Aside:
    """Renames files beside the paths where they were.

    Parameters
    ----------
    root : descriptor of the workspace.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self.kept: list[Obstacle] = []
        """Files that had changed and were renamed beside their paths; the reason names where."""

    def put(self, folder: int, name: str, path: str) -> None:
        """Rename `name` in `folder` to a free name beside the workspace path `path`, in the nearest folder there is.

        Raises
        ------
        FileFailure : the workspace is gone.
        """
        parts = parts_of(path)
        for depth in range(len(parts) - 1, -1, -1):
            with suppress(FileNotFoundError, NotADirectoryError), open_folder(self._root, parts[:depth]) as beside:
                kept = _rename_beside(folder, name, beside, parts[-1])
                os.fsync(beside)
                where = "/".join((*parts[:depth], kept))
                reason = f"it changed while it was being restored; what it held is now in {where}"
                self.kept.append(Obstacle(path, reason))
                return
        message = f"{path} cannot be kept: the workspace is gone"
        raise FileFailure(message)


def _rename_beside(folder: int, name: str, beside: int, wanted: str) -> str:
    """Rename to ``STEM.kept-N.SUFFIX`` with the first N that is free; the name that it became."""
    pure = PurePosixPath(wanted)
    stem, number = pure.stem, 1
    while True:
        kept = f"{stem}.kept-{number}{pure.suffix}"
        try:
            rename_free(folder, name, beside, kept)
        except FileExistsError:
            number += 1
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG or len(stem) <= 1:
                raise
            stem = stem[: min(_LONGEST_STEM, len(stem) // 2)]
        else:
            return kept
