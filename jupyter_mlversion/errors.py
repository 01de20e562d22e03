"""Every exception that jupyter_mlversion raises on purpose, grouped by what a handler would do.

    MlversionError
    ├── UsageError            the words of the request are wrong: correct them and ask again
    │   ├── AmbiguousVersion  give more characters
    │   └── InvalidQuery      the query for versions means nothing
    ├── NotFound              the thing that was named does not exist
    │   ├── UnknownVersion
    │   ├── UnknownPath
    │   ├── UnknownKey        no checkpoint is staged, and none was ever made, under that key
    │   └── UnknownJob
    ├── Conflict              something is in the way, nothing was changed: decide, then ask again
    │   ├── RestoreConflict   a restore would have to overwrite bytes that it cannot keep
    │   ├── KernelBusy        a cell is running, which may overwrite what would be restored
    │   ├── Busy              another process holds the lock
    │   └── Moved             a ref moved under us
    ├── InvalidInput          what was given cannot be used: mend the file
    │   ├── InvalidNotebook
    │   └── InvalidConfig
    ├── Refused               never allowed
    │   ├── OutsideWorkspace
    │   └── UnsafeWorkspace
    ├── NoRoom                make room, then ask again
    │   ├── DiskFull
    │   └── QuotaReached
    ├── FileFailure           the operating system said no: unreadable, read-only, not a regular file
    ├── Damage                stored bytes are not what they were: run verify
    │   ├── CorruptChunk
    │   └── CorruptHistory
    ├── Missing               a program or package is not installed: the hint is the exact install line
    │   ├── MissingGit
    │   ├── MissingPackage
    │   └── MissingKernel
    ├── CellFailed            a cell raised while a notebook was executed headless
    └── Cancelled             the user stopped it

Each class says how the edges report it: ``exit_code`` (command line), ``status`` (HTTP) and ``kind`` (the
name in JSON answers). The message says what was wrong and where; ``hint`` says what to do.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar


class MlversionError(Exception):
    """Base of every error that is raised on purpose.

    Parameters
    ----------
    message : what was wrong, and where.
    hint : what the reader can do about it; empty when the message already says so.
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def kind(self) -> str:
        """The name of this class as the JSON answers spell it: ``UnknownVersion`` → ``unknown-version``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def as_dict(self) -> dict[str, Any]:
        """The error in the words that the panel, the magics, the command line and REST all show."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint}

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(MlversionError):
    """The words of the request are wrong."""

    exit_code = 2
    status = 400


class AmbiguousVersion(UsageError):
    """An abbreviated id fits more than one version."""

    exit_code = 1


class InvalidQuery(UsageError):
    """A query for versions means nothing.

    Parameters
    ----------
    start, end : the characters of the query, from 0, that are wrong.
    """

    def __init__(self, message: str, *, start: int = 0, end: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end

    def as_dict(self) -> dict[str, Any]:
        """As every error, and where in the query."""
        return {**super().as_dict(), "start": self.start, "end": self.end}


class NotFound(MlversionError):
    """The thing that was named does not exist."""

    status = 404


class UnknownVersion(NotFound):
    """No version, branch or tag has that name."""


class UnknownPath(NotFound):
    """The version, or the workspace, holds no such file."""


class UnknownKey(NotFound):
    """No checkpoint is staged, and none was ever made, under that key."""


class UnknownJob(NotFound):
    """No job has that id."""


class Conflict(MlversionError):
    """Something is in the way; nothing was changed."""

    status = 409


class RestoreConflict(Conflict):
    """A restore would have to overwrite bytes that it cannot keep."""


class KernelBusy(Conflict):
    """A cell of the notebook is running, which may overwrite what would be restored."""


class Busy(Conflict):
    """Another process holds the lock."""


class Moved(Conflict):
    """A ref moved between reading and writing it."""


class InvalidInput(MlversionError):
    """What was given cannot be used."""

    status = 422


class InvalidNotebook(InvalidInput):
    """The bytes are not a notebook that nbformat accepts."""


class InvalidConfig(InvalidInput):
    """``mlversion.toml`` has an entry that cannot be used."""


class Refused(MlversionError):
    """Never allowed."""

    status = 403


class OutsideWorkspace(Refused):
    """A path leads out of the workspace."""


class UnsafeWorkspace(Refused):
    """A home folder or the root of the file system was about to become a workspace."""


class NoRoom(MlversionError):
    """There is no room for what was asked."""

    status = 507


class DiskFull(NoRoom):
    """The disk has no room left."""


class QuotaReached(NoRoom):
    """The store would grow over its quota."""


class FileFailure(MlversionError):
    """The operating system refused: unreadable, read-only, not a regular file."""

    status = 403


class Damage(MlversionError):
    """Stored bytes are not what they were."""


class CorruptChunk(Damage):
    """A chunk or a pack does not have the digest that it should have."""


class CorruptHistory(Damage):
    """The history holds something that is not a version."""


class Missing(MlversionError):
    """A program or package is not installed; the hint is the exact install line."""

    status = 424


class MissingGit(Missing):
    """There is no ``git`` program, or it is too old."""


class MissingPackage(Missing):
    """A Python package is not installed in the environment that needs it."""


class MissingKernel(Missing):
    """The notebook asks for a kernel that is not installed."""


class CellFailed(MlversionError):
    """A cell raised while a notebook was executed headless.

    Parameters
    ----------
    cell_id : the cell that failed.
    traceback : the traceback as the kernel sent it, possibly with ANSI colours.
    """

    status = 422

    def __init__(self, message: str, *, cell_id: str = "", traceback: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.cell_id = cell_id
        self.traceback = traceback


class Cancelled(MlversionError):
    """The user stopped it; nothing is left half done."""

    status = 409
