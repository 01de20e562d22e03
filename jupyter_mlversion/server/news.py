"""Tells the front ends what happens to versions, whoever makes it happen."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
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

LIVE = 0.2
"""Seconds between two events that tell of logged values; the first comes at once."""

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
        self._watch = Watch(self._changed, self.logged)
        self._telling: set[Path] = set()
        self._told: dict[Path, float] = {}
        self._gathering: set[Path] = set()
        self._settling: set[tuple[Path, float]] = set()
        self._lock = threading.Lock()

    def watch(self, workspace: Workspace) -> None:
        """Begin to tell news of `workspace`."""
        self._watch.renew(workspace.root)
        self.tell(workspace)

    def tell(self, workspace: Workspace) -> None:
        """Announce what is new, now; in a worker thread. Never raises: what it tells of has happened already."""
        try:
            self._tell(workspace)
        except MlversionError as error:
            log.warning("The versions of %s could not be looked at: %s", workspace.root, error)
        except Exception:
            log.exception("The versions of %s could not be looked at", workspace.root)

    def settle(self, root: Path) -> None:
        """Mend what a crash left, make versions of checkpoints that nobody joined in time; in the workspace's lane."""
        try:
            workspace = self._service.workspaces.at(root)
            if workspace.repository is not None:
                workspace.repository.recover()
                workspace.repository.settle()
                self._end_restores(workspace)
                self.tell(workspace)
        except MlversionError as error:
            log.warning("Staged checkpoints of %s could not be made versions: %s", root, error)

    def finish_restore(self, workspace: Workspace, restore: str) -> None:
        """Its documents are where they belong: announce the end, and forget them, for notebooks can be large."""
        finished = workspace.restores.pop(restore, None)
        if finished is not None:
            self._service.announcer.announce("restore-finished", finished)
        for job in self._service.jobs.jobs(workspace.lane):
            if job.kind == "restore" and job.result is not None and job.result["id"] == restore:
                job.result = {**job.result, "documents": []}

    def _end_restores(self, workspace: Workspace) -> None:
        """Those that the repository finished itself, as no front end acknowledged them."""
        if workspace.repository is not None:
            for restore in set(workspace.restores) - workspace.repository.unfinished_restores():
                self.finish_restore(workspace, restore)

    def close(self) -> None:
        """Stop watching."""
        self._watch.close()

    def _tell(self, workspace: Workspace) -> None:
        news = workspace.news()
        for name, data in news:
            self._service.announcer.announce(name, data)
        if news:  # by another process, perhaps: a kernel that stages
            self._service.idle.happened(workspace)
        if workspace.repository is not None and workspace.repository.staged():
            self.settle_later(workspace, workspace.repository.config.join_timeout + GRACE)

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
        self.logged(root)
        self.tell(workspace)

    def logged(self, root: Path) -> None:
        """A kernel logged below `root`; in the watching thread. Values are not read: who shows them asks for them."""
        with self._lock:
            if root in self._telling:
                return  # an event is under way
            self._telling.add(root)
            delay = self._told.get(root, 0.0) + LIVE - time.monotonic()
        tell = lambda: self._service.submit(self._service.quick, lambda: self._tell_logged(root))  # noqa: E731
        self._service.announcer.later(max(0.0, delay), tell)

    def _tell_logged(self, root: Path) -> None:
        with self._lock:
            self._telling.discard(root)
            self._told[root] = time.monotonic()
        with suppress(MlversionError):
            self._service.announcer.announce("metrics-logged", self._service.workspaces.at(root).where())

    def settle_later(self, workspace: Workspace, seconds: float) -> None:
        """`settle`, some seconds from now; asked for again meanwhile, it is done once."""
        due = (workspace.root, seconds)
        with self._lock:
            if due in self._settling:
                return
            self._settling.add(due)
        self._service.announcer.later(seconds, lambda: self._settle(due))

    def _settle(self, due: tuple[Path, float]) -> None:
        with self._lock:
            self._settling.discard(due)
        self._service.run(str(due[0]), lambda: self.settle(due[0]))
