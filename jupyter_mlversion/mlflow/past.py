"""Runs that versions hold, for MLflow's client to find."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json
from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.workspace import find_root
from jupyter_mlversion.tracking import OpenRun, Reader, recorder
from jupyter_mlversion.tracking.item import Item

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run

MOST_VERSIONS = 500
"""Versions, the newest, whose runs are looked through."""


class Past:
    """The runs of the workspace that this process did not log itself: of versions, and of processes that still log."""

    def __init__(self) -> None:
        self._known: dict[str, Run] = {}
        self._looked: set[str] = set()
        self._lock = threading.Lock()

    def find(self, run_id: str) -> OpenRun | None:
        """The run with that id, whole."""
        segment = self._in_segments(run_id)
        if segment is not None:
            return segment
        self.all()
        run = self._known.get(run_id)
        return None if run is None else self.opened(run)

    def all(self) -> list[Run]:
        """The runs of the newest versions of the workspace."""
        repository = self._repository()
        if repository is None:
            return []
        with self._lock:
            for version in repository.log(limit=MOST_VERSIONS):
                if version.id not in self._looked:
                    self._looked.add(version.id)
                    for run in repository.history.snapshot(version.id).runs:
                        if run.id:
                            self._known.setdefault(run.id, run)
            return list(self._known.values())

    def read(self, digest: Digest) -> bytes:
        """The content of a stored digest.

        Raises
        ------
        MlversionError : it is not there, or harmed.
        """
        repository = self._repository()
        if repository is None:
            message = f"there are no versions here any more that hold {digest}"
            raise MlversionError(message)
        return repository.store.read(digest)

    def opened(self, run: Run) -> OpenRun:
        """A stored run as one that can be looked at and logged into."""
        made = OpenRun(run.cell_id, run.id, run.name, run.parent, run.status, run.started, run.ended, dict(run.params),
                       dict(run.tags), list(run.inputs))
        if run.series is not None:
            for name, columns in json.load(self.read(run.series)).items():
                series = made.metric(name)
                series.steps.extend(columns["steps"])
                series.times.extend(columns["times"])
                series.values.extend([json.float_from(value) for value in columns["values"]])
                series.written = len(series.values)
        for logged in run.logged:
            item = Item(logged.name, logged.kind, logged.media, logged.time, logged.step, stored=logged, written=True)
            made.items[item.name, item.step] = item
        return made

    @staticmethod
    def _in_segments(run_id: str) -> OpenRun | None:
        folder = recorder().folder
        for path in [] if folder is None else folder.parent.glob("*.jsonl"):
            reader = Reader(path)
            reader.look()
            run = reader.runs.get(run_id)
            if run is not None:
                for series in run.series.values():
                    series.written = len(series.values)
                return run
        return None

    @staticmethod
    def _repository() -> Repository | None:
        try:
            folder = recorder().folder
            root = find_root(Path.cwd()) if folder is None else folder.parent.parent.parent
            return Repository(root) if (root / FOLDER_NAME / "format.json").exists() else None
        except (MlversionError, OSError):
            return None
