"""A write lease: the OS's word that nobody else has a file open or mapped, and notice when somebody wants to."""

from __future__ import annotations

import fcntl
import signal

_SETSIG = 10
"""Linux: which signal tells that a lease is to be broken."""


def take_lease(fd: int) -> bool:
    """Take a write lease on the open file `fd`, until it is closed.

    Others who open the file then wait until the lease is gone, or for the OS's patience (45 seconds). Not granted when
    somebody has the file open or mapped, when it is another user's, or where the file system or the OS knows no leases.
    """
    try:
        # the signal first: the usual one would end this process, this one is ignored unless somebody asks for it
        fcntl.fcntl(fd, _SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except (OSError, AttributeError):
        return False
    return True


def is_wanted(fd: int) -> bool:
    """Whether somebody waits for the lease on `fd` to go, or it is gone."""
    return fcntl.fcntl(fd, fcntl.F_GETLEASE) != fcntl.F_WRLCK
