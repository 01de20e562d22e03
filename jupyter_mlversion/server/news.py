"""Tells the front ends what happens to versions, whoever makes it happen."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.server.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.server.service import Service
    from jupyter_mlversion.server.workspace import Workspace

log = logging.getLogger(__name__)

PAUSE = 0.25
"""Seconds that changes are gathered before the history is looked at."""

GRACE = 15.0
"""Seconds beyond the join's time limit after which the server makes the version, as the kernel seems to be gone."""


class News:
    """Looks at a history when its files changed, and announces what is new.

    Parameters
    ----------
    service : threads, workspaces and announcer.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._watch = Watch(self._changed)
        self._gathering: set[Path] = set()
        self._settling: set[Path] = set()
        self._lock = threading.Lock()

    def watch(self, workspace: Workspace) -> None:
        """Begin to tell news of `workspace`."""
        self._watch.add(workspace.root)
        self.tell(workspace)

    def tell(self, workspace: Workspace) -> None:
        """Announce what is new, now; in a worker thread."""
        try:
            events = workspace.news()
        except MlversionError as error:
            log.warning("The versions of %s could not be looked at: %s", workspace.root, error)
            return
        for name, data in events:
            self._service.announcer.announce(name, data)
        if workspace.repository is not None and workspace.repository.staged():
            self._settle_later(workspace)

    def settle(self, root: Path) -> None:
        """Make versions of checkpoints that nobody joined in time; in the workspace's lane."""
        try:
            workspace = self._service.workspaces.at(root)
            if workspace.repository is not None and workspace.repository.staged():
                workspace.repository.settle()
                self.tell(workspace)
        except MlversionError as error:
            log.warning("Staged checkpoints of %s could not be made versions: %s", root, error)

    def close(self) -> None:
        """Stop watching."""
        self._watch.close()

    def _changed(self, root: Path) -> None:
        """Something happened below `root`; in the watching thread."""
        with self._lock:
            if root in self._gathering:
                return
            self._gathering.add(root)
        look = lambda: self._service.submit(self._service.quick, lambda: self._look(root))  # noqa: E731
        self._service.announcer.later(PAUSE, look)

    def _look(self, root: Path) -> None:
        with self._lock:
            self._gathering.discard(root)
        try:
            workspace = self._service.workspaces.at(root)
        except MlversionError as error:
            log.warning("%s cannot be opened: %s", root, error)
            return
        self._watch.add(root)  # what came to be since
        self.tell(workspace)

    def _settle_later(self, workspace: Workspace) -> None:
        root, repository = workspace.root, workspace.repository
        with self._lock:
            if repository is None or root in self._settling:
                return
            self._settling.add(root)
        seconds = repository.config.join_timeout + GRACE
        self._service.announcer.later(seconds, lambda: self._settle(root, workspace.lane))

    def _settle(self, root: Path, lane: str) -> None:
        with self._lock:
            self._settling.discard(root)
        self._service.jobs.run(lane, lambda: self.settle(root))
