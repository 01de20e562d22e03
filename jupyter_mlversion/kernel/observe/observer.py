"""All signals together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.config import FILE_NAME, FOLDER_NAME
from jupyter_mlversion.kernel.observe.audit import Audit
from jupyter_mlversion.kernel.observe.marks import STAGED, STAGING, Marks
from jupyter_mlversion.kernel.observe.native import Native
from jupyter_mlversion.kernel.observe.places import Places
from jupyter_mlversion.kernel.observe.sightings import READ, WRITTEN, Sightings
from jupyter_mlversion.kernel.observe.watch import Prunes, Watch

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Access

FIRST_WAIT = 0.5
"""Seconds that the first cell may wait until the workspace is watched."""

Changed = Callable[[int], Iterable[str]]
"""Workspace paths of files that changed since a moment (nanoseconds since the epoch)."""


class Observer:
    """Which files of one workspace this kernel reads and writes; the set grows over the kernel session.

    Parameters
    ----------
    root : the workspace.
    session : of this kernel; no dots.
    prunes : which folders no version can hold anything of.
    base : where kernels leave their marks; default: Jupyter's runtime folder.
    """

    def __init__(self, root: Path, session: str, prunes: Prunes, base: Path | None = None) -> None:
        self._places = Places(root)
        self._sightings = Sightings(self._places.prefixes)
        self._audit = Audit(self._sightings)
        self._native = Native(self._sightings.note)
        self._spans: list[tuple[int, int]] = []
        self._began = 0
        self._looked_at = time.time_ns()
        self._watched = False
        self._claimed = 0
        self._marks: Marks | None = None
        self._watch: Watch | None = None
        try:
            self._marks = Marks(self._places.real, session, base)
            self._watch = Watch(self._places.real, self._sightings, self._marks, prunes)
        except OSError:
            self._marks = None  # no folder for marks: the workspace is looked through at each checkpoint

    def start(self) -> None:
        """Listen from now on."""
        self._audit.start()
        self._native.start()
        if self._watch is not None:
            self._watch.start()

    def stop(self) -> None:
        """Listen no more."""
        self._audit.stop()
        self._native.stop()
        if self._watch is not None:
            self._watch.stop()
        if self._marks is not None:
            self._marks.close()
            self._marks = self._watch = None

    def begin(self) -> None:
        """A cell starts."""
        self._began = time.time_ns()
        if self._watch is not None:
            if not self._spans:
                self._watched = self._watch.wait_ready(FIRST_WAIT)
            self._watch.begin()

    def end(self) -> None:
        """The cell ended."""
        if self._watch is not None:
            self._watch.end()
        if self._began:
            self._spans.append((self._began, time.time_ns()))
            self._began = 0
        self._claim()

    def seen(self, changed: Changed) -> dict[str, Access]:
        """Workspace path → access of every file that was seen so far.

        Parameters
        ----------
        changed : looks through the workspace; called only where the file events may not be complete.
        """
        sightings = self._sightings
        if self._watch is not None:
            self._watch.read()
        others = self._claimed_by_others()
        if self._watch is None or not self._watch.complete or not self._watched:
            found = (f"{self._places.real}/{path}" for path in changed(self._looked_at) if self._while_running(path))
            sightings.hinted_written.update(found)
            if self._watch is not None:
                self._watch.renew()
                self._watched = self._watch.complete
        lingering = self._watch.lingering() if self._watch is not None else set()
        how: dict[str, int] = {}
        self._note(how, sightings.read, READ)
        self._note(how, sightings.written, WRITTEN)
        self._note(how, (sightings.hinted_read | lingering) - others, READ)
        self._note(how, sightings.hinted_written - others, WRITTEN)
        return {path: _access(bits) for path, bits in how.items()}

    @contextmanager
    def staging(self) -> Iterator[None]:
        """What this thread reads meanwhile, it reads to store it."""
        thread = threading.get_ident()
        self._sightings.quiet.add(thread)
        self._mark(STAGING)
        try:
            yield
        finally:
            self._mark(STAGED)
            self._sightings.quiet.discard(thread)

    def _claim(self) -> set[str]:
        """Tell other kernels what this one opened itself; all of it."""
        mine = self._sightings.read | self._sightings.written
        if self._marks is not None and len(mine) != self._claimed:
            with suppress(OSError):  # other kernels may then take it for theirs, too
                self._marks.claim(mine)
                self._claimed = len(mine)
        return mine

    def _claimed_by_others(self) -> set[str]:
        mine = self._claim()
        return self._marks.claimed_by_others() - mine if self._marks is not None else set()

    def _mark(self, kind: str) -> None:
        if self._marks is not None:
            with suppress(OSError):  # other kernels may then take our reading for theirs, no more
                self._marks.mark(kind)

    def _note(self, how: dict[str, int], paths: Iterable[str], bits: int) -> None:
        for path in list(paths):
            for name in self._places.named(path):
                if not name.endswith(".ipynb") and not name.startswith(f"{FOLDER_NAME}/") and name != FILE_NAME:
                    how[name] = how.get(name, 0) | bits

    def _while_running(self, path: str) -> bool:
        """Whether the file changed while a cell ran: the user's own edits in between are not the notebook's."""
        try:
            changed = os.lstat(f"{self._places.real}/{path}").st_ctime_ns
        except OSError:
            return False
        spans = [*self._spans, (self._began, time.time_ns())] if self._began else self._spans
        slack = 10_000_000  # the clock of file times ticks every few milliseconds
        return any(start - slack <= changed <= stop + slack for start, stop in spans)


def _access(bits: int) -> Access:
    from jupyter_mlversion.domain.artifact import Access

    return {READ: Access.READ, WRITTEN: Access.WRITTEN}.get(bits, Access.BOTH)
