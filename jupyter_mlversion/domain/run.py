"""One training that is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mlversion.domain.digest import Digest

Value = bool | int | float | str | None
"""A configuration value."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A numeric series of a run, in short; the points are in the run's `series`.

    Parameters
    ----------
    last, low, high : the last value, and the smallest and largest that are not NaN (NaN when all are).
    count : number of points.
    last_step : the step of the last point.
    """

    last: float
    low: float
    high: float
    count: int
    last_step: int


@dataclass(frozen=True, slots=True)
class Run:
    """The values logged by one execution of one cell.

    Parameters
    ----------
    name : empty, or as the user named it.
    cell_id : the cell that logged; empty outside of a notebook.
    started : seconds since the epoch.
    params : configuration values.
    metrics : by name.
    series : digest of stored canonical JSON ``{metric: {"steps": [int], "times": [s], "values": [float]}}``, equal
        lengths, in the order of logging; None without metrics.
    """

    name: str
    cell_id: str
    started: float
    params: dict[str, Value] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    series: Digest | None = None
