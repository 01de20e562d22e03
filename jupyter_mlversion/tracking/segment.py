"""The file that keeps logged values through a killed process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_mlversion.codec import json as canonical

PERIOD = 1.0
"""Seconds between two writes at the most, and what a killed process can lose."""


class Segment:
    """Appends to ``.mlversion/metrics/<session>.jsonl`` from a thread of its own, at most once a second.

    Parameters
    ----------
    lines : gives the lines that are not on disk yet.
    """

    def __init__(self, lines: Callable[[], list[dict[str, Any]]]) -> None:
        self._lines = lines
        self._path: Path | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def attach(self, path: Path) -> None:
        """Write to `path` from now on, what was logged before included; its folder is made at the first write."""
        self._path = path
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
                self._path.parent.mkdir(exist_ok=True)
                with self._path.open("ab") as file:
                    file.write(b"".join(canonical.dump(line) for line in lines))
            except OSError:
                self._path = None

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

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            self._wake.clear()
            self.flush()
            pause.wait(PERIOD)
