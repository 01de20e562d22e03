"""One workspace that the server has open."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.answers import version_answer
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.server.contents import Contents

Event = tuple[str, dict[str, Any]]
"""Name and data."""

MOST_ANNOUNCED = 50
"""When more versions than these appear at once (a copied history), one event stands for all."""


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
    _seen: set[str] | None = None
    _known: object = None
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

    def where(self) -> dict[str, Any]:
        """How events name this workspace."""
        return {"workspace": str(self.root), "prefix": self.prefix}

    def news(self) -> list[Event]:
        """The events for what happened to the versions since the last call; none at the first, which only looks."""
        with self._lock:
            known = self._state()
            if self._seen is not None and known == self._known:
                return []
            self._known = known
            fresh = self._fresh()
        if fresh is None:
            return []
        told = [version for version in fresh if version.trigger != Trigger.SAFETY]
        if not told or len(told) > MOST_ANNOUNCED:
            return [("workspace-changed", self.where())]
        return [("version-added", self._added(version)) for version in told]

    def follow(self, older: Workspace) -> None:
        """Go on where `older` stands, which is the same folder as it was opened before."""
        self.restores, self._seen, self._known = older.restores, older._seen, older._known

    def _state(self) -> object:
        """What differs whenever something happened."""
        if self.repository is None:
            return None
        history = self.repository.history
        return history.refs(), history.heads(), [staged.checkpoint.key for staged in self.repository.staged()]

    def _fresh(self) -> list[Version] | None:
        """Versions that were never seen, oldest first; None at the first call."""
        first, seen = self._seen is None, self._seen or set()
        versions = [] if self.repository is None else self.repository.log()
        self._seen = {version.id for version in versions}
        return None if first else [version for version in reversed(versions) if version.id not in seen]

    def _added(self, version: Version) -> dict[str, Any]:
        return {**self.where(), "line": version.line, "version": version_answer(version), "seconds": version.seconds}
