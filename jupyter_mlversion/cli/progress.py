"""One line on a terminal that says how far the work is."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

_PAUSE = 0.1
_DELAY = 0.5
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """Progress on one line that is written over and cleared at the end; nothing at all where there is no terminal.

    Parameters
    ----------
    stream : standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._next = time.monotonic() + _DELAY  # what is quickly done needs no line
        self._shown = False

    def __call__(self, phase: str, done: int, total: int, /) -> None:
        """Show `done` of `total` of `phase`, at most ten times a second."""
        now = time.monotonic()
        if not self._terminal or now < self._next:
            return
        self._next = now + _PAUSE
        self._shown = True
        share = f" {min(100 * done // total, 100)} %" if total > 0 else ""
        self._stream.write(f"{_CLEAR}{phase}{share}")
        self._stream.flush()

    def __enter__(self) -> Self:
        """Nothing is shown yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave an empty line behind."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()
