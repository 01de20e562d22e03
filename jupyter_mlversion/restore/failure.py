"""What the operating system said, as typed errors."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import DiskFull, FileFailure, MlversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}


def failure_of(error: OSError, what: str) -> MlversionError:
    """The typed error for `error`, which happened at `what` (a path, for the user)."""
    if error.errno in _NO_ROOM:
        return DiskFull(f"the disk has no room left to restore {what}", hint="Free some disk space, then try again.")
    said = error.strerror or str(error)
    if error.errno in _PERMISSION:
        hint = "Give yourself write permission for it and its folder, then try again."
        return FileFailure(f"{what} cannot be changed: {said}", hint=hint)
    if error.errno == errno.EXDEV:
        hint = "It lies on another file system than the workspace."
        return FileFailure(f"{what} cannot be switched: {said}", hint=hint)
    return FileFailure(f"{what}: {said}")


@contextmanager
def typed(what: str) -> Iterator[None]:
    """Turn every OSError of the block into a typed error about `what`.

    Raises
    ------
    DiskFull : there is no room.
    FileFailure : anything else that the operating system refused.
    """
    try:
        yield
    except OSError as error:
        raise failure_of(error, what) from error
