"""The operating system's refusals as errors of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_mlversion.errors import DiskFull, FileFailure

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def failures(doing: str) -> Iterator[None]:
    """Run a block; `doing` (for example ``"reading the file"``) opens the message when it fails.

    Raises
    ------
    DiskFull : no space, or the disk quota of the user is used up.
    FileFailure : any other `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise failure(doing, error) from error


def failure(doing: str, error: OSError) -> DiskFull | FileFailure:
    """The error of ours that a refusal becomes."""
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    message = f"{doing} failed: {error.strerror or error}{where}"
    if error.errno in NO_SPACE:
        return DiskFull(message, hint="Make room on the disk, then try again.")
    return FileFailure(message, hint="Check that the file can be read and the folder written.")
