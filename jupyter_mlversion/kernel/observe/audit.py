"""What Python itself opens, renames and links: the interpreter's audit events."""

from __future__ import annotations

import os
import sys
from typing import Any

from jupyter_mlversion.kernel.observe.sightings import READ, WRITTEN, Sightings

_OTHER = frozenset({"os.rename", "os.link", "os.symlink", "sqlite3.connect"})
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR


class Audit:
    """Notes the files that Python code opens. The hook stays for the life of the process; `stop` makes it idle."""

    def __init__(self, sightings: Sightings) -> None:
        self._sightings: Sightings | None = sightings
        self._installed = False

    def start(self) -> None:
        """Listen from now on."""
        if not self._installed:
            self._installed = True
            sys.addaudithook(self._hook)

    def stop(self) -> None:
        """Note nothing more."""
        self._sightings = None

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        # Called for every audit event of the process, imports and exec included: the first line must be cheap.
        if event != "open" and event not in _OTHER:
            return
        sightings = self._sightings
        if sightings is None:
            return
        try:
            if event == "open":
                if not isinstance(args[0], int):
                    sightings.note(args[0], _how(args[2]))
            elif event == "sqlite3.connect":
                sightings.note(args[0], READ | WRITTEN)
            else:  # rename, link and symlink: a file appears at the second path
                sightings.note(args[1], WRITTEN)
        except Exception:  # noqa: BLE001, S110 - an error raised here would break the user's own call
            pass


def _how(flags: Any) -> int:
    if not isinstance(flags, int):
        return READ
    access = flags & _ACCESS
    if access == os.O_RDONLY:
        return READ
    if access == os.O_WRONLY or flags & os.O_TRUNC:
        return WRITTEN
    return READ | WRITTEN
