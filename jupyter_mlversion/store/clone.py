"""Files that share blocks, where the file system can do that."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import Struct

BLOCK = 4096
"""Bytes to which shared ranges are aligned, in both files."""

_FICLONE = 0x40049409
_FICLONERANGE = 0x4020940D
_RANGE = Struct("=qQQQ")


@contextmanager
def cloned(fd: int, folder: Path) -> Iterator[int | None]:
    """A file without a name that has what the file `fd` has now, and that nobody else can change.

    None where no blocks can be shared between the file and such a one in `folder`.
    """
    copy = _clone(fd, folder)
    try:
        yield copy
    finally:
        if copy is not None:
            os.close(copy)


def _clone(fd: int, folder: Path) -> int | None:
    try:
        copy = os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    if not clone(fd, copy):
        os.close(copy)
        return None
    return copy


def clone(source: int, target: int) -> bool:
    """Have the empty file `target` share all blocks of the file `source`; whether that was possible."""
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def share(source: int, start: int, target: int, offset: int, length: int) -> bool:
    """Have a range of the file `target` share the blocks of one of the file `source`; whether that was possible."""
    try:
        fcntl.ioctl(target, _FICLONERANGE, _RANGE.pack(source, start, length, offset))
    except OSError:
        return False
    return True
