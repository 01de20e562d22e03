"""Files that say what lies where in another file of their folder, for those that capture it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.beside import Beside, guides_of, is_guide
from jupyter_mlversion.store.source import FileSource

if TYPE_CHECKING:
    from jupyter_mlversion.capture.tree import Tree


class Guides:
    """Those among the files that are captured.

    Parameters
    ----------
    paths : of all of them; looked at once, and only when somebody asks.
    """

    def __init__(self, tree: Tree, paths: Iterable[str]) -> None:
        self._tree = tree
        self._paths = paths

    def beside(self, path: str) -> Beside | None:
        """The guides in the folder of the file at `path`; None where no name fits."""
        folder, _, name = path.rpartition("/")
        guides = guides_of(name, self._names.get(folder, ()))
        if not guides:
            return None

        def opened(guide: str) -> AbstractContextManager[FileSource]:
            return self._opened(f"{folder}/{guide}" if folder else guide)

        return Beside(name, guides, opened)

    @contextmanager
    def _opened(self, path: str) -> Iterator[FileSource]:
        fd = self._tree.open(path)
        try:
            yield FileSource(fd)
        finally:
            os.close(fd)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """By folder."""
        found: dict[str, list[str]] = {}
        for path in self._paths:
            folder, _, name = path.rpartition("/")
            if is_guide(name):
                found.setdefault(folder, []).append(name)
        return found
