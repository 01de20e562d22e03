"""A checkpoint of a plain Python process: a script, a job, a terminal."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from jupyter_mlversion.capture import environment, scan
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.kernel.stage import local_modules
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.splits import register
from jupyter_mlversion.tracking import recorder


def checkpoint_script(message: str, patterns: tuple[str, ...]) -> None:
    """Make a version on the line ``workspace``: what is tracked, else all files, with what this process logged.

    Raises
    ------
    MlversionError : why there can be no version.
    """
    repository = Repository.open(Path.cwd(), create=True)
    tracks = bool(repository.config.track or patterns)
    files = () if tracks else scan.changed_since(repository.root, repository.config, 0)
    seen = Seen(
        files=dict.fromkeys(files, Access.TRACKED),
        runs=recorder().seal,
        splits=register().seal,
        environment=environment.capture(),
        modules=local_modules(repository.root),
        patterns=patterns,
    )
    key = f"{uuid.uuid4().hex}.script"
    repository.stage(Checkpoint(key, Trigger.API, datetime.now(UTC), message), seen)
    repository.join(key)
