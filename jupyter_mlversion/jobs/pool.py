"""Where jobs are posted, found again and forgotten."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UnknownJob
from jupyter_mlversion.jobs.job import Job
from jupyter_mlversion.jobs.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

log = logging.getLogger(__name__)


class Pool:
    """Long work in a few threads.

    Parameters
    ----------
    report : called with a job that was posted, moved or ended, in any thread; must be quick.
    workers : number of threads.
    keep_seconds : how long a job can be asked for after it ended.
    keep_jobs : how many ended jobs can be asked for at most.
    """

    def __init__(self, report: Callable[[Job], None], *, workers: int = 2, keep_seconds: float = 600,
                 keep_jobs: int = 100) -> None:
        self._report = report
        self._lanes = Lanes(workers)
        self._keep_seconds = keep_seconds
        self._keep_jobs = keep_jobs
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def post(self, kind: str, lane: str, work: Callable[[Job], Any], *, notebook: str = "", beside: str = "") -> Job:
        """A job that does `work` after everything posted to `lane` before.

        Parameters
        ----------
        work : gets the job, for its `progress`.
        beside : where it waits only for jobs that were posted with the same word, as it changes nothing.
        """
        job = Job(kind, lane, notebook, self._report)
        with self._lock:
            self._forget()
            self._jobs[job.id] = job
        self._report(job)
        self._lanes.submit(f"{lane}//{beside}" if beside else lane, lambda: job.run(work, _unexpected))
        return job

    def run(self, lane: str, work: Callable[[], Any]) -> Future[Any]:
        """Do `work` in its turn without a job that anyone sees."""
        return self._lanes.submit(lane, work)

    def find(self, job_id: str) -> Job:
        """The job with that id.

        Raises
        ------
        UnknownJob : there is none, or it ended too long ago.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            message = f"There is no job {job_id}."
            raise UnknownJob(message, hint="It may have ended long ago, or the server was restarted.")
        return job

    def jobs(self, lane: str | None = None) -> list[Job]:
        """The known jobs, of one lane or all, in the order posted."""
        with self._lock:
            self._forget()
            return [job for job in self._jobs.values() if lane in (None, job.lane)]

    def close(self) -> None:
        """Cancel what runs or waits, and wait for the threads."""
        for job in self.jobs():
            job.cancel()
        self._lanes.close()

    def _forget(self) -> None:
        ended = [job for job in self._jobs.values() if job.ended_at is not None]
        old = time.monotonic() - self._keep_seconds
        surplus = len(ended) - self._keep_jobs
        for number, job in enumerate(sorted(ended, key=lambda job: job.ended_at or 0)):
            if number < surplus or (job.ended_at or 0) < old:
                del self._jobs[job.id]


def _unexpected(job: Job, error: Exception) -> None:
    log.error("The %s job %s failed unexpectedly", job.kind, job.id, exc_info=error)
