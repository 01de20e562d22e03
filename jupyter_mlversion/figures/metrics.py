"""A line per run for each metric, over its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain
from jupyter_mlversion.figures.thinning import thinned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run


def metric_figures(runs: Iterable[Run], read: Callable[[Digest], bytes]) -> list[dict[str, Any]]:
    """One figure per metric, by name; `read` gives the stored bytes of a run's series.

    Raises
    ------
    MlversionError : what `read` raises.
    """
    traces: dict[str, list[dict[str, Any]]] = {}
    for number, run in enumerate(runs, start=1):
        if run.series is None:
            continue
        for name, series in json.load(read(run.series)).items():
            traces.setdefault(name, []).append(_trace(run.name or f"run {number}", series))
    return [_figure(name, traces[name]) for name in sorted(traces)]


def _trace(name: str, series: dict[str, list[Any]]) -> dict[str, Any]:
    steps, values = thinned(series["steps"], [json.float_from(value) for value in series["values"]])
    mode = "lines" if len(values) > _MARKED else "lines+markers"
    return {"type": "scatter", "mode": mode, "name": plain(name), "x": steps, "y": values}


def _figure(name: str, traces: list[dict[str, Any]]) -> dict[str, Any]:
    return named(name, traces, layout(plain(name), axis("step", type="linear"), axis("", type="linear"),
                                      legend=len(traces) > 1))


_MARKED = 60
"""Up to so many points each gets a mark of its own."""
