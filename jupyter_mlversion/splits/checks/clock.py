"""How long checks may take, and how far they are."""

from __future__ import annotations

import time

from jupyter_mlversion.domain.progress import Progress, silent


class TimeOver(Exception):
    """Not an error: the time for checks is used up."""


class Clock:
    """Counts the seconds of one examination.

    Parameters
    ----------
    seconds : that may be used; None: as many as it takes.
    progress : told how far it is; may raise `Cancelled`.
    """

    def __init__(self, seconds: float | None = None, progress: Progress = silent) -> None:
        self.seconds = seconds
        self._progress = progress
        self._started = time.monotonic()
        self._phase = ("", 0, 0)

    @property
    def used(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started

    def begin(self, name: str, number: int, total: int) -> None:
        """The check called `name` begins, `number` of `total`."""
        self._phase = (name, number, total)
        self.tick()

    def tick(self) -> None:
        """Called often by long work.

        Raises
        ------
        TimeOver : the seconds are used up.
        Cancelled : the user stopped it.
        """
        self._progress(*self._phase)
        if self.seconds is not None and self.used > self.seconds:
            raise TimeOver
