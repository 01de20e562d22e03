"""What Git's complaints mean to a user."""

from __future__ import annotations

import errno

from jupyter_mlversion.errors import DiskFull, FileFailure, MissingGit, MlversionError

MINIMUM = (2, 36)
"""The first Git that can make refs durable (`core.fsync`)."""

_INSTALL = "Install Git: sudo apt-get install git | conda install -c conda-forge git | brew install git"
_FULL = ("No space left on device", "Disk quota exceeded")
_DENIED = ("Permission denied", "Read-only file system", "Operation not permitted")


def missing_git(found: str = "") -> MissingGit:
    """The error for no Git, or for one that is too old (`found` is its version)."""
    needed = ".".join(map(str, MINIMUM))
    message = f"Git {found} is too old: {needed} or newer is needed." if found else "The program git was not found."
    return MissingGit(message, hint=f"{_INSTALL}.")


def failure(action: str, complaint: str, otherwise: type[MlversionError]) -> MlversionError:
    """The typed error for Git's `complaint` while it did `action`; `otherwise` when it is none of the usual ones."""
    text = complaint.strip() or "it was killed"
    if any(phrase in complaint for phrase in _FULL):
        return DiskFull(f"The disk is full: {action}: {text}", hint="Make room, then try again; nothing was lost.")
    if any(phrase in complaint for phrase in _DENIED):
        return FileFailure(f"The operating system refused: {action}: {text}",
                           hint="Check the permissions of the .mlversion folder.")
    return otherwise(f"Git failed: {action}: {text}", hint="Run mlversion verify.")


def os_failure(action: str, error: OSError) -> MlversionError:
    """The typed error for `error`, met while doing `action`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"The disk is full: {action}: {error.strerror}",
                        hint="Make room, then try again; nothing was lost.")
    return FileFailure(f"{action}: {error.strerror}: {error.filename}")
