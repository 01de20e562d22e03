"""What was seen of files, before it is known what it means."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field

READ = 1
WRITTEN = 2


@dataclass(slots=True)
class Sightings:
    """Absolute paths by how they were seen; only grows. Sets, because adding to one is atomic and cheap.

    Parameters
    ----------
    prefixes : beginnings of paths that lie in the workspace, each ending with a separator.
    read, written : seen precisely: this process did it.
    hinted_read, hinted_written : something did it while a cell of ours ran: a subprocess, or another program.
    quiet : threads whose reading is our own.
    """

    prefixes: tuple[str, ...]
    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    hinted_read: set[str] = field(default_factory=set)
    hinted_written: set[str] = field(default_factory=set)
    quiet: set[int] = field(default_factory=set)

    def note(self, path: object, how: int) -> None:
        """Note that this process opens `path` (anything that `open` takes) to read, write, or both."""
        text = path if type(path) is str else _text(path)
        if not text.startswith("/"):
            text = f"{os.getcwd()}/{text}" if text else ""
        if not text.startswith(self.prefixes) or "/../" in text:
            text = os.path.normpath(text) if "/../" in text else ""
            if not text.startswith(self.prefixes):
                return
        if self.quiet and threading.get_ident() in self.quiet:
            return
        if how & READ:
            self.read.add(text)
        if how & WRITTEN:
            self.written.add(text)


def _text(path: object) -> str:
    """The path as text; empty for a descriptor or a buffer."""
    return os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
