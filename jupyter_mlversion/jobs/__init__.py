"""Long work: bounded threads, one thing at a time for each workspace, progress, cancelling."""

from __future__ import annotations

from jupyter_mlversion.jobs.job import Job, JobState
from jupyter_mlversion.jobs.lanes import Lanes
from jupyter_mlversion.jobs.pool import Pool

__all__ = ["Job", "JobState", "Lanes", "Pool"]
