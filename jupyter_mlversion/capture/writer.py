"""Whether somebody can write to a file without its times telling."""

from __future__ import annotations

import fcntl
import signal

_SETSIG = 10
"""Linux: which signal tells that a lease is to be broken."""


def has_writer(fd: int) -> bool:
    """Whether the file `fd`, open for reading only, is open for writing or mapped so, by this process or another.

    The times of a file tell when a clean page of a mapping is written to, not when one that waits for the disk is
    written to again: a file that is mapped may change and look the same. Where the OS does not tell (the file is
    another user's, or on a file system without leases) the answer is no.
    """
    try:
        # the signal first: the usual one would end this process when somebody opens the file just now
        fcntl.fcntl(fd, _SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return False
    return False
