"""Renames that can never overwrite: exchange two names, or rename to a name that is free."""

from __future__ import annotations

import ctypes
import errno
import functools
import os

_NOREPLACE = 1
_EXCHANGE = 2
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


def exchange(folder: int, name: str, other: int, other_name: str) -> bool:
    """Exchange `name` in the folder `folder` with `other_name` in the folder `other`, in one instant.

    Returns
    -------
    False, and nothing done, where the file system or the OS cannot.

    Raises
    ------
    FileNotFoundError : one of the two is missing.
    OSError : the OS refused.
    """
    return _renameat2(folder, name, other, other_name, _EXCHANGE)


def rename_free(folder: int, name: str, other: int, other_name: str) -> None:
    """Rename `name` in `folder` to `other_name` in `other`, which must be free.

    Raises
    ------
    FileExistsError : something is there.
    OSError : the OS refused.
    """
    if _renameat2(folder, name, other, other_name, _NOREPLACE):
        return
    try:
        os.link(name, other_name, src_dir_fd=folder, dst_dir_fd=other, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        os.unlink(name, dir_fd=folder)
        return
    try:
        os.stat(other_name, dir_fd=other, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(name, other_name, src_dir_fd=folder, dst_dir_fd=other)
        return
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), other_name)


@functools.cache
def _function() -> ctypes._NamedFuncPointer | None:
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
        function.restype = ctypes.c_int
    return function


def _renameat2(folder: int, name: str, other: int, other_name: str, flags: int) -> bool:
    function = _function()
    if function is None:
        return False
    if function(folder, os.fsencode(name), other, os.fsencode(other_name), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), name, None, other_name)
