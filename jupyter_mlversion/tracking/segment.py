"""The file that keeps logged values through a killed process."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from jupyter_mlversion.codec import json as canonical

PERIOD = 1.0
"""Seconds between two writes at the most, and what a killed process can lose."""

KEPT = 7 * 86400
"""Seconds that the file of a process that is gone stays."""


class Segment:
    """Appends to ``.mlversion/metrics/<session>.jsonl`` from a thread of its own, at most once a second.

    The file holds what no checkpoint sealed yet. When its process is killed, or ends without a checkpoint, it stays for
    a week for people to read: ``pandas.read_json(path, lines=True)``. A line has ``cell_id`` and ``started`` (when the
    run began, seconds since the epoch), and either ``params`` or ``metric`` with its ``steps``, ``times`` and
    ``values``. Its process holds a lock on it.

    Parameters
    ----------
    lines : gives the lines that are not on disk yet.
    """

    def __init__(self, lines: Callable[[], list[dict[str, Any]]]) -> None:
        self._lines = lines
        self._path: Path | None = None
        self._file: FileIO | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def attach(self, path: Path) -> None:
        """Write to `path` from now on, what was logged before included; its folder is made at the first write."""
        if path != self._path:
            with self._lock:
                self._close()
                self._path = path
            remove_old(path.parent)
        self.touch()

    def touch(self) -> None:
        """There is something to write; cheap, called for every logged value."""
        if self._thread is None:
            self._start()
        if not self._wake.is_set():
            self._wake.set()

    def flush(self) -> None:
        """Write now; a disk that refuses costs the segment, never the caller's work."""
        with self._lock:
            if self._path is None or not self._path.parent.parent.is_dir():
                return
            lines = self._lines()
            if not lines:
                return
            try:
                self._opened(self._path).write(b"".join(canonical.dump(line) for line in lines))
            except OSError:
                self._close()
                self._path = None

    def remove(self, unneeded: Callable[[], bool]) -> None:
        """Remove the file, if `unneeded` says so."""
        with self._lock:
            if unneeded() and self._file is not None and self._path is not None:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
                self._close()

    def _opened(self, path: Path) -> FileIO:
        if self._file is None or not os.fstat(self._file.fileno()).st_nlink:
            self._close()
            path.parent.mkdir(exist_ok=True)
            self._file = path.open("ab", buffering=0)
            with suppress(OSError):  # a file system without locks: the file may go after a week
                fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mlversion-metrics", daemon=True)
                self._thread.start()
                if hasattr(os, "register_at_fork"):
                    os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """In a forked child: what it logs is its own affair, the parent's file stays the parent's."""
        self._path = None
        self._lock = threading.Lock()
        self._close()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            self._wake.clear()
            self.flush()
            pause.wait(PERIOD)


def remove_old(folder: Path) -> None:
    """Remove the segments in `folder` that were last written a week ago or more, by processes that are gone."""
    for path in folder.glob("*.jsonl"):
        with suppress(OSError), path.open("rb") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime >= KEPT:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error where its process lives
                path.unlink()
