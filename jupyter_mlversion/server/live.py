"""What kernels log while their cells run, read from their segments when somebody looks."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.figures import series_figures
from jupyter_mlversion.figures.charts import Subject, of_open
from jupyter_mlversion.figures.charts.shelf import Points
from jupyter_mlversion.tracking import OpenRun, Reader
from jupyter_mlversion.tracking.series import short

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MOST_POINTS = 1000
"""Points of a trace: it is drawn again several times a second."""

MOST_SHOWN = 1000
"""Metrics of a run that an answer has."""


class Live:
    """The segments of the workspaces that were looked at."""

    def __init__(self) -> None:
        self._readers: dict[Path, Reader] = {}
        self._lock = threading.Lock()

    def runs(self, root: Path, notebook: str | None) -> list[dict[str, Any]]:
        """The runs of a notebook (None: of processes without one) that are in no version yet, by their start."""
        with self._lock:
            return [_answer(run, alive=alive) for run, alive in self._look(root, notebook)]

    def figures(self, root: Path, notebook: str | None) -> list[dict[str, Any]]:
        """A line per run for each of their metrics; only of kernels that live."""
        with self._lock:
            runs = [run for run, alive in self._look(root, notebook) if alive]
            named = [(run.name or f"run {number}", _points(run)) for number, run in enumerate(runs, start=1)]
        return series_figures(named, MOST_POINTS)

    def subjects(self, root: Path, notebook: str | None) -> list[Subject]:
        """The runs of a notebook's living kernels, for charts; their points are read when a chart asks."""
        def read(run: OpenRun, names: Collection[str]) -> dict[str, Points]:
            with self._lock:
                columns = {name: run.series[name].columns() for name in names if name in run.series}
            return {name: Points(*one) for name, one in columns.items()}

        with self._lock:
            return of_open([run for run, alive in self._look(root, notebook) if alive], read)

    def _look(self, root: Path, notebook: str | None) -> list[tuple[OpenRun, bool]]:
        folder = root / FOLDER_NAME / "metrics"
        paths = {path for path in folder.glob("*.jsonl") if path.is_file()}
        for gone in [path for path in self._readers if path.parent == folder and path not in paths]:
            del self._readers[gone]
        sessions: dict[str, list[Reader]] = {}
        for path in sorted(paths):
            reader = self._readers.setdefault(path, Reader(path))
            reader.look()
            sessions.setdefault(path.name.partition(".")[0], []).append(reader)
        found = []
        for readers in sessions.values():
            about = next((reader.about for reader in readers if reader.about), {})
            if about.get("notebook") == notebook:
                alive = any(reader.is_alive() for reader in readers)
                found += [(run, alive) for run in _joined(readers)]
        return sorted(found, key=lambda pair: pair[0].started)


def _joined(readers: list[Reader]) -> list[OpenRun]:
    """The runs of one kernel and of the processes that it started; one run of several is one."""
    runs: dict[str, OpenRun] = {}
    for reader in readers:
        for run in reader.runs.values():
            ours = runs.get(run.id)
            if ours is None:
                runs[run.id] = run
                continue
            joined = runs[run.id] = OpenRun(ours.cell_id, ours.id, ours.name or run.name, ours.parent or run.parent,
                                            ours.status or run.status, ours.started, ours.ended or run.ended,
                                            {**ours.params, **run.params}, {**ours.tags, **run.tags})
            joined.items = {**ours.items, **run.items}
            for one in (ours, run):
                for name, series in one.series.items():
                    points = zip(*series.columns(), strict=True)
                    joined.metric(name).foreign.extend(points)  # which brings all in the order of their times
    return list(runs.values())


def _points(run: OpenRun) -> dict[str, tuple[list[int], list[float]]]:
    columns = {name: series.columns() for name, series in list(run.series.items())[:MOST_SHOWN]}
    return {name: (steps.tolist(), values.tolist()) for name, (steps, _, values) in columns.items()}


def _answer(run: OpenRun, *, alive: bool) -> dict[str, Any]:
    columns = {name: series.columns() for name, series in list(run.series.items())[:MOST_SHOWN]}
    metrics = {name: short(one) for name, one in columns.items() if one[0]}
    logged = [{"name": item.name, "kind": item.kind, "media": item.media, "time": item.time, "step": item.step,
               "size": _size(item.path)} for item in run.items.values()]
    return {"id": run.id, "name": run.name, "cell_id": run.cell_id, "parent": run.parent, "status": run.status,
            "started": run.started, "ended": run.ended, "params": dict(run.params), "metrics": to_plain(metrics),
            "logged": logged, "alive": alive}


def _size(path: Path | None) -> int | None:
    try:
        return None if path is None else os.stat(path, follow_symlinks=False).st_size
    except OSError:
        return None
