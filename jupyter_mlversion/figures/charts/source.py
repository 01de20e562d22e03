"""What charts are of: the runs of versions, each once, and those that are in no version yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.run import Metric, Run, Value
from jupyter_mlversion.tracking.series import short

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.figures.charts.shelf import Points, Shelf
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.tracking import OpenRun

MOST_READ = 1000
"""Versions whose runs are read, the newest; of older ones only what the index has: last values and parameters."""

LONGEST_LABEL = 60
_LINE = "\n"

Reading = Callable[[Collection[str]], "Mapping[str, Points]"]
"""Gives the points of the metrics that are named."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A run, or a version as a whole, as charts show it.

    Parameters
    ----------
    version : full id; empty while it is in no version.
    label : what it is called.
    branch : of its version.
    params, metrics : by name; a metric of which only the last value is known has the count 0.
    time : seconds since the epoch: when the run began, or the version was made.
    read : its points; None for a version as a whole.
    run : the id, and the name, of the run; empty for a version.
    """

    version: str
    label: str
    branch: str
    params: Mapping[str, Value]
    metrics: Mapping[str, Metric]
    time: float
    read: Reading | None = None
    run: str = ""
    name: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Tells it from all others."""
        return self.version, self.run


@dataclass(frozen=True, slots=True)
class Source:
    """What there is to draw.

    Parameters
    ----------
    versions : oldest first.
    runs : every run once, with the oldest of these versions that has it.
    rows : what is compared as one: the runs that blocks made, and versions that have none of these.
    logging : the versions that logged other than numbers what no older one had.
    """

    versions: tuple[Version, ...] = ()
    runs: tuple[Subject, ...] = ()
    rows: tuple[Subject, ...] = ()
    logging: tuple[Version, ...] = ()

    @property
    def metrics(self) -> list[str]:
        """The names of all metrics."""
        return sorted({name for one in (*self.runs, *self.rows) for name in one.metrics})

    @property
    def params(self) -> list[str]:
        """The names of all parameters."""
        return sorted({name for one in (*self.runs, *self.rows) for name in one.params})


@dataclass(slots=True)
class _Gathering:
    seen: set[str] = field(default_factory=set)
    runs: list[Subject] = field(default_factory=list)
    rows: list[Subject] = field(default_factory=list)
    logged: set[tuple[str, str, int | None]] = field(default_factory=set)
    logging: list[Version] = field(default_factory=list)


def source_of(repository: Repository, versions: Iterable[Version], shelf: Shelf, live: Sequence[Subject] = ()
              ) -> Source:
    """What there is to draw of some versions.

    Parameters
    ----------
    versions : newest first.
    shelf : by which series are read.
    live : runs that are in no version yet.

    Raises
    ------
    MlversionError : a version cannot be read.
    """
    newest = list(versions)
    known = shelf.runs([version.id for version in newest[:MOST_READ]], repository.history.runs)
    gathering = _Gathering()
    for version in reversed(newest):
        _gather(gathering, version, known.get(version.id), repository.store.read, shelf)
    return Source(tuple(reversed(newest)), (*gathering.runs, *live), (*gathering.rows, *live),
                  tuple(gathering.logging))


def _gather(into: _Gathering, version: Version, runs: Sequence[Run] | None, read: Callable[[Digest], bytes],
            shelf: Shelf) -> None:
    logged = {(_identity(run), one.name, one.step) for run in runs or () for one in run.logged}
    if logged - into.logged:
        into.logging.append(version)
        into.logged |= logged
    new = [run for run in runs or () if _identity(run) not in into.seen]
    into.seen.update(map(_identity, new))
    subjects = [_of_run(version, run, runs or (), read, shelf) for run in new if run.metrics]
    into.runs += subjects
    blocks = [subject for subject, run in zip(subjects, (run for run in new if run.metrics), strict=True) if run.status]
    if blocks:
        into.rows += blocks
    elif version.metrics or version.params:
        metrics = {name: metric for run in sorted(runs or (), key=lambda run: not run.parent)
                   for name, metric in run.metrics.items()}
        lasts = {name: _last(value) for name, value in version.metrics.items()}
        into.rows.append(Subject(version.id, label_of(version), version.branch, version.params, {**lasts, **metrics},
                                 version.time.timestamp()))


def _of_run(version: Version, run: Run, runs: Sequence[Run], read: Callable[[Digest], bytes], shelf: Shelf) -> Subject:
    def points(names: Collection[str]) -> Mapping[str, Points]:
        return {} if run.series is None else shelf.points(run.series, names, read)

    label = f"{version.short} {run.name}" if run.name else label_of(version)
    return Subject(version.id, label, version.branch, params_of(run, runs), run.metrics, run.started, points,
                   _identity(run), run.name)


def of_open(runs: Sequence[OpenRun], read: Callable[[OpenRun, Collection[str]], Mapping[str, Points]]
            ) -> list[Subject]:
    """Runs that are being logged, as they are now.

    Parameters
    ----------
    read : gives the points of some metrics of one of them.
    """
    return [Subject("", run.name or f"run {number}", "", params_of(run, runs),
                    {name: short(series.columns()) for name, series in run.series.items() if series.steps},
                    run.started, partial(read, run), run.id, run.name)
            for number, run in enumerate(runs, start=1) if run.series]


def params_of(run: Run | OpenRun, runs: Sequence[Run] | Sequence[OpenRun]) -> dict[str, Value]:
    """Its own parameters over those of the runs that it is nested in, over those that cells logged by themselves."""
    by_id = {one.id: one for one in runs if one.id}
    chain: list[Run | OpenRun] = [run]
    while (parent := by_id.get(chain[-1].parent)) is not None and parent not in chain:
        chain.append(parent)
    around = [one for one in runs if not one.status and not one.parent]
    return {name: value for one in (*around, *reversed(chain)) for name, value in one.params.items()}


def label_of(version: Version) -> str:
    """A version's short id and the first line of its message."""
    return f"{version.short} {version.message.strip().partition(_LINE)[0][:LONGEST_LABEL]}".strip()


def _identity(run: Run) -> str:
    return run.id or f"{run.cell_id}@{run.started}"


def _last(value: float) -> Metric:
    return Metric(value, math.nan, math.nan, 0, 0)
