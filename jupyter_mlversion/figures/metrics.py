"""A line per run for each metric, over its steps."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain
from jupyter_mlversion.figures.thinning import MOST_POINTS, thinned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run


Points = tuple[list[int], list[float]]
"""Steps and values, of equal length."""

MOST_FIGURES = 200
"""Metrics that are drawn; no page could show more."""


def metric_figures(runs: Iterable[Run], read: Callable[[Digest], bytes]) -> list[dict[str, Any]]:
    """One figure per metric, by name, the first 200; `read` gives the stored bytes of a run's series.

    Raises
    ------
    MlversionError : what `read` raises.
    """
    named_runs = [(run.name or f"run {number}", run.series) for number, run in enumerate(runs, start=1)]
    stored = [(name, json.load(read(series))) for name, series in named_runs if series is not None]
    return series_figures((run, {name: _points(one) for name, one in series.items()}) for run, series in stored)


def series_figures(runs: Iterable[tuple[str, Mapping[str, Points]]], most: int = MOST_POINTS) -> list[dict[str, Any]]:
    """One figure per metric, by name, the first 200.

    Parameters
    ----------
    runs : name, and the steps and values of each metric, in any order of steps.
    most : points that a trace may have.
    """
    lines: dict[str, list[tuple[str, Points]]] = {}
    for run, series in runs:
        for name, points in series.items():
            lines.setdefault(name, []).append((run, points))
    return [_figure(name, [_trace(run, points, most) for run, points in lines[name]])
            for name in sorted(lines)[:MOST_FIGURES]]


def _points(stored: dict[str, list[Any]]) -> Points:
    return stored["steps"], [json.float_from(value) for value in stored["values"]]


def _trace(name: str, points: Points, most: int) -> dict[str, Any]:
    steps, values = thinned(*_ascending(*points), most)
    mode = "lines" if len(values) > _MARKED else "lines+markers"
    return {"type": "scatter", "mode": mode, "name": plain(name), "x": steps, "y": values}


def _figure(name: str, traces: list[dict[str, Any]]) -> dict[str, Any]:
    return named(name, traces, layout(plain(name), axis("step", type="linear"), axis("", type="linear"),
                                      legend=len(traces) > 1))


def _ascending(steps: list[int], values: list[float]) -> Points:
    """By step, those of the same step in the order of logging."""
    if all(map(operator.le, steps, steps[1:])):
        return steps, values
    order = sorted(range(len(steps)), key=steps.__getitem__)
    return [steps[at] for at in order], [values[at] for at in order]


_MARKED = 60
"""Up to so many points each gets a mark of its own."""
