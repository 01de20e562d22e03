"""Small files that are wholly old or wholly new after any crash."""

from __future__ import annotations

import errno
import os
import uuid
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import DiskFull, FileFailure, MlversionError
from jupyter_mlversion.store import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def write_durably(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, durable when this returns.

    Raises
    ------
    DiskFull, FileFailure : nothing was changed.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise os_failure(error, path) from error


def os_failure(error: OSError, path: Path | str) -> MlversionError:
    """The typed error for what the operating system said about `path`."""
    if error.errno in _NO_ROOM:
        return DiskFull(f"there is no room left to write {path}", hint="Free some disk space, then try again.")
    return FileFailure(f"{path}: {error.strerror or error}")
