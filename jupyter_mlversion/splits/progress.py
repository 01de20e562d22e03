"""Telling a person that checks take a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress

_QUIET = 1.0
"""Seconds after which it is told."""

_BETWEEN = 0.2


@contextmanager
def shown(progress: Progress | None) -> Iterator[Progress]:
    """`progress`, or one that writes a line on standard error after a second and takes it back at the end."""
    if progress is not None:
        yield progress
        return
    line = _Line()
    try:
        yield line
    finally:
        line.end()


class _Line:
    """One line that is written over."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._width = 0

    def __call__(self, phase: str, done: int, total: int, /) -> None:
        now = time.monotonic()
        if now - self._started < _QUIET or now - self._last < _BETWEEN:
            return
        self._last = now
        text = f"Checking the split: {phase} ({done} of {total}); interrupting the kernel stops it."
        self._write(text)

    def end(self) -> None:
        """Take the line back."""
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text.ljust(self._width)}" + ("" if text else "\r"))
        sys.stderr.flush()
        self._width = len(text)
