"""Where the files of a step are: the folder of its path, and its names on the shelves."""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.restore.files import same_kind
from jupyter_mlversion.restore.tree import digest_at, make_folder, open_folder, parts_of, status_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.restore.record import Fresh, Step
    from jupyter_mlversion.restore.shelf import Shelves

NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""What the OS says when a folder on the way to a path is not there, or is none."""


class Places:
    """The workspace and the shelves as steps see them.

    Parameters
    ----------
    root : descriptor of the workspace.
    shelves : the open shelves.
    """

    def __init__(self, root: int, shelves: Shelves) -> None:
        self._root = root
        self._shelves = shelves
        self._last: tuple[list[str] | None, int, ExitStack] | None = None

    def new(self, step: Step) -> int:
        """The folder where the step's new file waits."""
        return self._shelves.new(step)

    def old(self, step: Step) -> int:
        """The folder where the step's old file is put."""
        return self._shelves.old(step)

    def waits(self, step: Step) -> bool:
        """Whether ``new/N`` is there."""
        return status_at(self.new(step), str(step.number)) is not None

    def shelved(self, step: Step) -> bool:
        """Whether ``old/N`` is there."""
        return status_at(self.old(step), str(step.number)) is not None

    @contextmanager
    def parent(self, step: Step) -> Iterator[tuple[int, str]]:
        """A descriptor of the folder of the path, and the path's last part.

        Within `neighbours` the folder of the last step is still open: those of one folder come one after the other.

        Raises
        ------
        OSError : a folder on the way is missing, is none, or is a symbolic link.
        """
        *folder, name = parts_of(step.path)
        if self._last is None:
            with open_folder(self._root, tuple(folder)) as descriptor:
                yield descriptor, name
            return
        if self._last[0] != folder:
            with ExitStack() as stack:
                descriptor = stack.enter_context(open_folder(self._root, tuple(folder)))
                self._last[2].close()
                self._last = (folder, descriptor, stack.pop_all())
        yield self._last[1], name

    @contextmanager
    def neighbours(self) -> Iterator[None]:
        """Within the block no folder is moved or removed by us, so that an open one can serve several steps."""
        self._last = (None, -1, ExitStack())
        try:
            yield
        finally:
            self._last[2].close()
            self._last = None

    def make_parents(self, step: Step) -> bool:
        """Make the folders above the path; False when something else has taken the place of one."""
        parts = parts_of(step.path)
        try:
            for depth in range(1, len(parts)):
                make_folder(self._root, parts[:depth])
        except OSError as error:
            if error.errno not in NOWHERE:
                raise
            return False
        return True

    def sync_parents(self, steps: list[Step]) -> None:
        """Make the names in the folders of the paths durable."""
        for parts in sorted({parts_of(step.path)[:-1] for step in steps}):
            with open_folder(self._root, parts) as folder:
                os.fsync(folder)


def fresh_of(step: Step) -> Fresh:
    """What the step puts in place.

    Raises
    ------
    FileFailure : it removes.
    """
    if step.fresh is None:
        message = f"{step.path} has nothing to be written"
        raise FileFailure(message)
    return step.fresh


def is_fresh(parent: int, name: str, fresh: Fresh) -> bool:
    """Whether the path holds the new file: its bytes, type and permissions."""
    status = status_at(parent, name)
    return status is not None and same_kind(status, fresh.mode) and digest_at(parent, name) == fresh.digest
