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
    hinted_read, hinted_written : something did it while a cell of ours ran; perhaps a subprocess, perhaps another program.
    quiet : threads whose reading is our own.
    """

    prefixes: tuple[str, ...]
    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    hinted_read: set[str] = field(default_factory=set)
    hinted_written: set[str] = field(default_factory=set)
    quiet: set[int] = field(default_factory=set)

    def note(self, path: object, how: int) -> None:
        """This process opens `path` (anything that `open` takes) to read, write, or both."""
        if type(path) is not str:
            if not isinstance(path, (str, bytes, os.PathLike)):
                return  # a descriptor, a buffer, a URL object
            path = os.fsdecode(path)
        if not path.startswith("/"):
            if "://" in path:
                if not path.startswith("file://"):
                    return
                path = path[7:]
            else:
                path = f"{os.getcwd()}/{path}"
        if not path.startswith(self.prefixes):
            if "/../" not in path or not os.path.normpath(path).startswith(self.prefixes):
                return
            path = os.path.normpath(path)
        if self.quiet and threading.get_ident() in self.quiet:
            return
        if how & READ:
            self.read.add(path)
        if how & WRITTEN:
            self.written.add(path)
