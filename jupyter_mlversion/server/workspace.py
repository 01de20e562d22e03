"""One workspace that the server has open."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.answers import version_answer
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import NotFound, OutsideWorkspace
from jupyter_mlversion.history import TAGS, holds_versions

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.server.contents import Contents

Event = tuple[str, dict[str, Any]]
"""Name and data."""

MOST_ANNOUNCED = 50
"""When more versions than these appear at once (a copied history), one event stands for all."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found at one look: all refs, ids that those of versions point at, the lines' heads, keys."""

    refs: dict[str, str]
    tips: frozenset[str]
    heads: object
    staged: tuple[str, ...]


@dataclass(eq=False)
class Workspace:
    """A workspace and what of it was told already.

    Parameters
    ----------
    root : its folder.
    repository : its versions; None as long as it has none.
    contents : the folder that the server shows.
    identity : tells whether the folder on disk is still the one that was opened, with the same settings.
    restores : data of the event for each restore whose documents the front end still has to apply, by id.
    """

    root: Path
    repository: Repository | None
    contents: Contents
    identity: object
    restores: dict[str, dict[str, Any]] = field(default_factory=dict)
    _known: _Known | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def lane(self) -> str:
        """The lane of the jobs that change this workspace."""
        return str(self.root)

    @property
    def prefix(self) -> str | None:
        """The contents path of the workspace; None when it lies above the server's folder."""
        return self.contents.path_of(self.root)

    def opened(self) -> Repository:
        """The workspace's versions.

        Raises
        ------
        NotFound : it has none yet.
        """
        if self.repository is None:
            message = f"There are no versions in {self.root}."
            raise NotFound(message, hint="Tag a cell as checkpoint and run it.")
        return self.repository

    def contents_path(self, path: str) -> str | None:
        """The contents path of a workspace path; None when the server does not show it."""
        return self.contents.path_of(self.root / path)

    def check_served(self, path: str) -> None:
        """Raise unless the server would show the file at a workspace path to whoever asks for contents.

        Raises
        ------
        OutsideWorkspace : it lies outside of the server's folder.
        UnknownPath : it is hidden, and the server does not serve hidden files.
        """
        shown = self.contents.path_of(Path(os.path.normpath(self.root / path)))
        if shown is None:
            message = f"{path} is outside of the folder that this server serves."
            raise OutsideWorkspace(message)
        self.contents.local(shown)

    def where(self) -> dict[str, Any]:
        """How events name this workspace."""
        return {"workspace": str(self.root), "prefix": self.prefix}

    def news(self) -> list[Event]:
        """The events for what happened to the versions since the last call; none at the first, which only looks."""
        with self._lock:
            before, now = self._known, self._look()
            if now == before:
                return []
            self._known = now
            if before is None:
                return []
            fresh = [version for version in self._fresh(before, now) if version.trigger != Trigger.SAFETY]
        if not fresh or len(fresh) > MOST_ANNOUNCED:
            return [("workspace-changed", self.where())]
        return [("version-added", self._added(version)) for version in fresh]

    def follow(self, older: Workspace) -> None:
        """Go on where `older` stands, which is the same folder as it was opened before."""
        self.restores, self._known = older.restores, older._known

    def _look(self) -> _Known:
        """What differs whenever something happened."""
        if self.repository is None:
            return _Known({}, frozenset(), {}, ())
        history = self.repository.history
        refs = history.every_ref()
        tips = frozenset(tip for name, tip in refs.items() if holds_versions(name) and not name.startswith(TAGS))
        keys = tuple(staged.checkpoint.key for staged in self.repository.staged())
        return _Known(refs, tips, history.heads(), keys)

    def _fresh(self, before: _Known, now: _Known) -> list[Version]:
        """The versions that refs reach now and did not before, oldest first; when they are very many, some."""
        if self.repository is None:
            return []
        self.repository.index.refresh(self.repository.history)
        # Not all that a new ref names is new: a branch can begin at an old version.
        fresh = self.repository.history.reachable(sorted(now.tips - before.tips), sorted(before.tips))
        found = (self.repository.index.version(id_) for id_ in fresh[: MOST_ANNOUNCED + 1])
        return [version for version in found if version is not None][::-1]

    def _added(self, version: Version) -> dict[str, Any]:
        return {**self.where(), "line": version.line, "version": version_answer(version), "seconds": version.seconds}
