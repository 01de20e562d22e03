"""The file that keeps logged values through a killed process, and shows them while a cell runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from jupyter_mlversion.tracking.series import encoded_line

PERIOD = 0.3
"""Seconds between two writes; a killed process loses what it logged since the last one."""

LONGEST_PERIOD = 1.0
"""Seconds between two writes where one takes long: writing is to take a tenth of the time at most."""

PATIENCE = 0.2
"""Seconds that a cell waits at its end for a write that is under way."""

RETRY = 10.0
"""Seconds until a write that failed is tried again."""

KEPT = 7 * 86400
"""Seconds that the file of a process that is gone stays."""

Gather = Callable[[Path], tuple[list[Callable[[], bytes]], Callable[..., None]]]
"""Gives, for a folder, what makes the lines that are not on disk yet, and what is told whether they are now."""


class Segment:
    """Appends to ``.mlversion/metrics/<session>.jsonl`` from a thread of its own.

    The file holds what no checkpoint sealed yet. When its process is killed, or ends without a checkpoint, it stays for
    a week for people to read: ``pandas.read_json(path, lines=True)``. Its lines are in docs/format.md. Its process
    holds a lock on it. Nobody who logs ever waits for the disk; what cannot be written stays in memory and is tried
    again.

    Parameters
    ----------
    gather : gives what is not on disk yet.
    """

    def __init__(self, gather: Gather) -> None:
        self._gather = gather
        self._path: Path | None = None
        self._about: dict[str, Any] = {}
        self._makes = False
        self._file: FileIO | None = None
        self._locked = False
        self._told = False
        self._unneeded: Callable[[], bool] | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def path(self) -> Path | None:
        """Where it writes."""
        return self._path

    @property
    def folder(self) -> Path | None:
        """Where what is no number goes until a checkpoint stores it."""
        return None if self._path is None else self._path.with_suffix(".files")

    def attach(self, path: Path, *, makes: bool = False, **about: Any) -> None:
        """Write to `path` from now on, what was logged before included; its folder is made at the first write.

        Parameters
        ----------
        makes : whether ``.mlversion`` is made too, where that is missing; else nothing is written as long as it is.
        about : the first line of the file: whose it is.
        """
        if path != self._path or about != self._about:
            with self._lock:
                if path != self._path:
                    self._close()
                self._path, self._about, self._makes = path, about, makes
            remove_old(path.parent)
        self.touch()

    def touch(self) -> None:
        """There is something to write; cheap, called for every logged value."""
        if self._thread is None:
            self._start()
        if not self._wake.is_set():
            self._wake.set()

    def flush(self, patience: float = -1) -> bool:
        """Write now; False when that failed, or another write took longer than `patience` seconds."""
        if not self._lock.acquire(timeout=patience):
            return False
        try:
            return self._path is None or self._write(self._path)
        finally:
            self._lock.release()

    def remove(self, unneeded: Callable[[], bool]) -> None:
        """Remove the file, if `unneeded` says so; by the writing thread, should that be busy."""
        self._unneeded = unneeded
        if self._lock.acquire(timeout=PATIENCE):
            try:
                self._remove()
            finally:
                self._lock.release()
        else:
            self.touch()

    def _write(self, path: Path) -> bool:
        if not self._makes and not path.parent.parent.is_dir():
            return True
        self._remove()
        spell, done = self._gather(path.with_suffix(".files"))
        if not spell:
            return True
        try:
            data = b"".join(line() for line in spell)
            self._append(path, data)
        except OSError as error:
            done(fine=False)
            self._close()
            self._complain(error)
            return False
        done(fine=True)
        return True

    def _append(self, path: Path, data: bytes) -> None:
        """All of `data`, or nothing of it."""
        file = self._opened(path)
        start = os.fstat(file.fileno()).st_size
        if self._about and not start:
            data = encoded_line({**self._about, "pid": os.getpid()}) + data
        left = memoryview(data)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(file.fileno(), start)
            raise

    def _opened(self, path: Path) -> FileIO:
        if self._file is None or not os.fstat(self._file.fileno()).st_nlink:
            self._close()
            if self._makes and not path.parent.parent.is_dir():
                path.parent.parent.mkdir(mode=0o700)  # a checkpoint makes the rest
                (path.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            path.parent.mkdir(exist_ok=True)
            self._file = path.open("ab", buffering=0)
        if not self._locked:
            with suppress(OSError):  # a file system without locks: the file may go after a week
                fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                self._locked = True
        return self._file

    def _remove(self) -> None:
        unneeded, self._unneeded = self._unneeded, None
        if unneeded is None or not unneeded() or self._path is None:
            return
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._close()

    def _complain(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            why = f"{error.strerror or error}"
            print(f"jupyter_mlversion: what is logged cannot be written to disk now ({why}). It is kept in memory, and "  # noqa: T201  said once
                  "a checkpoint stores it; a killed kernel would lose it.", file=sys.stderr)

    def _close(self) -> None:
        file, self._file = self._file, None
        self._locked = False
        if file is not None:
            with suppress(OSError):
                file.close()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mlversion-metrics", daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """In a forked child: it writes to a file of its own beside the parent's."""
        if self._path is not None:
            self._path = child_path(self._path)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread = self._unneeded = None
        self._close()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            self._wake.clear()
            begun = time.thread_time()
            if self.flush():
                pause.wait(min(LONGEST_PERIOD, max(PERIOD, 10 * (time.thread_time() - begun))))
            else:
                pause.wait(RETRY)
                self._wake.set()


def child_path(path: Path) -> Path:
    """The segment of this process, which belongs to the process whose segment is `path`."""
    return path.with_name(f"{path.stem.partition('.')[0]}.{os.getpid()}.jsonl")


def remove_old(folder: Path) -> None:
    """Remove the segments in `folder` that were last written a week ago or more, by processes that are gone."""
    for path in folder.glob("*.jsonl"):
        with suppress(OSError), path.open("rb") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime >= KEPT:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error where its process lives
                path.unlink()
                shutil.rmtree(path.with_suffix(".files"), ignore_errors=True)


def is_alive(file: FileIO) -> bool:
    """Whether the process that writes the segment `file` lives."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
