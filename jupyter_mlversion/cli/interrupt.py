"""Ctrl-C that leaves nothing half done."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

from jupyter_mlversion.errors import Cancelled

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress


class Interrupt:
    """Turns the first Ctrl-C of a careful command into `Cancelled` at its next step, where that is safe.

    A second Ctrl-C, and any of the other commands, is a `KeyboardInterrupt` at once.

    Parameters
    ----------
    progress : told what the command tells.
    careful : whether the command watches its progress.
    """

    def __init__(self, progress: Progress, *, careful: bool) -> None:
        self._progress = progress
        self._careful = careful and threading.current_thread() is threading.main_thread()
        self._asked = False

    def __call__(self, phase: str, done: int, total: int, /) -> None:
        """Pass the progress on, unless the user wants to stop."""
        if self._asked:
            message = "Cancelled: nothing is left half done."
            raise Cancelled(message)
        self._progress(phase, done, total)

    def __enter__(self) -> Self:
        """Listen."""
        if self._careful:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Listen no more."""
        if self._careful:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
