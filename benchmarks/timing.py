"""A command as a whole process: wall and CPU seconds, peak memory; the children that it waits for count."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of wall and CPU time, and megabytes of its largest process."""

    wall: float
    cpu: float
    peak: float


class CommandFailed(Exception):
    """A measured command did not end well."""


def run(command: list[str], folder: Path, *, sync: bool = False, env: dict[str, str] | None = None) -> Cost:
    """Run and measure a command in `folder`.

    Parameters
    ----------
    sync : the command does not make its files durable: the time of a `sync` of the file system is added.
    """
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if sync:
            os.sync()
        wall = time.perf_counter() - began
    if process.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        message = f"{command} ended with {process.returncode}:\n{tail}"
        raise CommandFailed(message)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def nbytes(folder: Path) -> int:
    """Bytes of all files below a folder; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            state = os.lstat(os.path.join(parent, name))
            seen[state.st_dev, state.st_ino] = state.st_size
    return sum(seen.values())
