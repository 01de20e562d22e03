"""Making very many files or names durable at once, where waiting for the disk for each would take minutes."""

from __future__ import annotations

import ctypes
import functools
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def can_sync_at_once() -> bool:
    """Whether the OS can make a whole file system durable and tell whether that worked (Linux can)."""
    return _syncfs() is not None


def sync_at_once(folders: Iterable[int]) -> None:
    """Make all that was written to the file systems of open folders durable.

    Raises
    ------
    OSError : it could not, or not everything was.
    """
    function = _syncfs()
    for folder in folders:
        if function is None or function(folder):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


@functools.cache
def _syncfs() -> ctypes._NamedFuncPointer | None:
    function = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if function is not None:
        function.argtypes = (ctypes.c_int,)
    return function
