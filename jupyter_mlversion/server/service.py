"""What the handlers share: threads, open workspaces, events."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts import Shelf
from jupyter_mlversion.jobs import Job, Pool
from jupyter_mlversion.server.announcer import Announcer
from jupyter_mlversion.server.contents import Contents
from jupyter_mlversion.server.idle import Idle
from jupyter_mlversion.server.live import Live
from jupyter_mlversion.server.news import News
from jupyter_mlversion.server.renames import Renames
from jupyter_mlversion.server.workspaces import Place, Workspaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_events.logger import EventLogger
    from jupyter_server.services.contents.manager import ContentsManager

    from jupyter_mlversion.server.workspace import Workspace

log = logging.getLogger(__name__)


class Service:
    """Everything behind the HTTP API. The server's loop only posts work here; it never hashes, runs Git or reads files.

    Three kinds of threads, so that a look never waits behind a long checkpoint: `jobs` for what changes a workspace
    (two, in turn for each workspace), `looks` for what may have to read many files, `quick` for what asks the index.

    Parameters
    ----------
    manager, logger : the server's contents manager and event logger.
    """

    def __init__(self, manager: ContentsManager, logger: EventLogger) -> None:
        self.announcer = Announcer(logger)
        self.jobs = Pool(self._report)
        self.quick = ThreadPoolExecutor(2, thread_name_prefix="mlversion-quick")
        self.looks = ThreadPoolExecutor(2, thread_name_prefix="mlversion-look")
        self.locating = ThreadPoolExecutor(1, thread_name_prefix="mlversion-locate")  # one: requests keep their order
        self.workspaces = Workspaces(Contents(manager), self._opened)
        self.news = News(self)
        self.live = Live()
        self.shelf = Shelf()
        self.idle = Idle(self)
        self.renames = Renames(self, logger)

    def post(self, kind: str, place: Place, work: Callable[[Job, Workspace], Any], *, create: bool = False,
             beside: str = "") -> Job:
        """A job that changes the workspace of `place`; what it did to the versions is announced before it ends.

        Parameters
        ----------
        kind : of the job.
        work : gets the job and the workspace as it is when its turn comes.
        create : whether a workspace without versions becomes one that can hold them.
        beside : see `Pool.post`.
        """
        root = place.workspace.root
        self.idle.stand_aside(root)

        def change(job: Job) -> Any:
            workspace = self.workspaces.at(root, create=create)
            try:
                return work(job, workspace)
            finally:
                self.news.tell(workspace)
                self.idle.happened(workspace)

        return self.jobs.post(kind, place.workspace.lane, change, notebook=place.named, beside=beside)

    def tell(self, workspace: Workspace) -> None:
        """Announce, soon, what happened to the versions of a workspace."""
        self.submit(self.quick, lambda: self.news.tell(workspace))

    def submit(self, threads: ThreadPoolExecutor, work: Callable[[], None]) -> None:
        """Do `work` in one of `threads`, unless the server is ending; what it raises is logged."""
        try:
            future = threads.submit(work)
        except RuntimeError:
            return
        future.add_done_callback(_log_error)

    def run(self, lane: str, work: Callable[[], None]) -> None:
        """Do `work` in its turn in a workspace's lane, unless the server is ending; what it raises is logged."""
        try:
            future = self.jobs.run(lane, work)
        except RuntimeError:
            return
        future.add_done_callback(_log_error)

    def close(self) -> None:
        """Stop watching, cancel the jobs, wait for the threads."""
        self.news.close()
        self.jobs.close()
        for threads in (self.locating, self.quick, self.looks):
            threads.shutdown(cancel_futures=True)

    def _report(self, job: Job) -> None:
        self.announcer.announce("job-progress", job.as_dict(result=False))

    def _opened(self, workspace: Workspace) -> None:
        """Watch it, remember what it holds, and make versions of checkpoints that were staged and never joined."""
        self.news.watch(workspace)
        self.run(workspace.lane, lambda: self.news.settle(workspace.root))
        self.idle.happened(workspace)


def _log_error(future: Future[None]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("Work in the background failed", exc_info=error)
