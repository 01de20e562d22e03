"""Which workspace path a path means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


class Places:
    """Absolute paths as workspace paths, symbolic links told apart from what they lead to.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path) -> None:
        self._lexical = str(root)
        self._real = os.path.realpath(root)
        self._folders: dict[str, tuple[str | None, tuple[str, ...]]] = {}

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How absolute paths of the workspace begin."""
        return tuple({f"{self._lexical}/", f"{self._real}/"})

    @property
    def real(self) -> Path:
        """The workspace with all links followed."""
        return Path(self._real)

    def named(self, path: str) -> Iterator[str]:
        """The workspace paths of the file at `path` and of the links on the way to it; none of what does not exist."""
        folder, name = os.path.split(os.path.normpath(path))
        if folder not in self._folders:
            self._folders[folder] = self._folder(folder)
        inside, links = self._folders[folder]
        yield from links
        if inside is None:
            return
        relative = f"{inside}/{name}" if inside else name
        absolute = f"{self._real}/{relative}"
        if os.path.islink(absolute):
            yield relative
            target = os.path.realpath(absolute)
            if target.startswith(f"{self._real}/") and os.path.isfile(target):
                yield target[len(self._real) + 1 :]
        elif os.path.isfile(absolute):
            yield relative

    def _folder(self, folder: str) -> tuple[str | None, tuple[str, ...]]:
        """The folder's own workspace path (None: outside), and the links in its name."""
        real = os.path.realpath(folder)
        inside = "" if real == self._real else real[len(self._real) + 1 :]
        if real != self._real and not real.startswith(f"{self._real}/"):
            return None, tuple(self._links(folder))
        return inside, tuple(self._links(folder)) if folder not in {real, f"{self._lexical}/{inside}"} else ()

    def _links(self, folder: str) -> Iterator[str]:
        for base in (self._lexical, self._real):
            if folder.startswith(f"{base}/"):
                here = ""
                for part in folder[len(base) + 1 :].split("/"):
                    here = f"{here}/{part}" if here else part
                    if os.path.islink(f"{base}/{here}"):
                        yield here
                        return
