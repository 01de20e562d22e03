"""Who is carrying out a restore, so that another process can tell whether it still is."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process on some machine.

    Parameters
    ----------
    host : name of the machine.
    pid : process id.
    started : when the process was started, in the clock ticks of the OS; 0 where that is unknown.
    """

    host: str
    pid: int
    started: int

    @property
    def dead(self) -> bool:
        """Whether the process is known to be gone; of another machine's that cannot be known."""
        if self.host != platform.node():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        now = _started(self.pid)
        return bool(self.started and now and now != self.started)


def this_process() -> Process:
    """The process that runs this."""
    return Process(platform.node(), os.getpid(), _started(os.getpid()))


def _started(pid: int) -> int:
    """Field 22 of ``/proc/PID/stat``; the command's name before it may hold blanks and parentheses."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0
