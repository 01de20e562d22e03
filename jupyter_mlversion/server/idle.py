"""Makes stores smaller when nobody checkpoints, and stands aside when somebody does."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.jobs import Job

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.server.service import Service
    from jupyter_mlversion.server.workspace import Workspace

log = logging.getLogger(__name__)

_NICE = 15  # of 19, the lowest priority


class Idle:
    """Waits until a workspace has been quiet for a while.

    Parameters
    ----------
    service : threads, workspaces and the clock.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._active: dict[Path, int] = {}  # how often something happened
        self._running: dict[Path, Job] = {}
        self._lock = threading.Lock()

    def happened(self, workspace: Workspace) -> None:
        """Something was done in a workspace: what runs here ends, and the quiet time begins anew."""
        self.stand_aside(workspace.root)
        if workspace.repository is None:
            return
        wait = 60 * workspace.repository.config.idle_minutes
        with self._lock:
            count = self._active[workspace.root] = self._active.get(workspace.root, 0) + 1
        if wait:
            self._service.announcer.later(wait, lambda: self._quiet(workspace.root, count))

    def stand_aside(self, root: Path) -> None:
        """End what runs here for a workspace, as soon as it can: something is to be done in it."""
        with self._lock:
            running = self._running.get(root)
        if running is not None:
            running.cancel()

    def _quiet(self, root: Path, count: int) -> None:
        """On the server's loop, when nothing may have happened since."""
        with self._lock:
            quiet = self._active.get(root) == count
        if quiet:
            self._service.run(str(root), lambda: self._work(root))

    def _work(self, root: Path) -> None:
        """In the workspace's lane; the work itself in a thread of its own, whose priority is not given back."""
        job = Job("tidy", str(root), "", lambda _: None)
        with self._lock:
            self._running[root] = job
        try:
            repository = self._service.workspaces.at(root).repository
            if repository is not None:
                thread = threading.Thread(target=_tidy, args=(repository, job), name="mlversion-idle")
                thread.start()
                thread.join()
        except MlversionError as error:
            log.warning("%s cannot be made smaller: %s", root, error)
        finally:
            with self._lock:
                del self._running[root]


def _tidy(repository: Repository, job: Job) -> None:
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    job.run(lambda _: repository.tidy(job.progress), _unexpected)
    if job.error is not None and job.error["kind"] not in ("busy", "cancelled"):
        log.warning("The store of %s could not be made smaller: %s", repository.root, job.error["message"])


def _unexpected(job: Job, error: Exception) -> None:
    log.error("Making the store of %s smaller failed unexpectedly", job.lane, exc_info=error)
