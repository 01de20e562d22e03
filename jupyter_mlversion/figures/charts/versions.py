"""A metric over the versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts.axes import value_axis
from jupyter_mlversion.figures.charts.lines import numbers
from jupyter_mlversion.figures.charts.palette import faint, stroke, symbol
from jupyter_mlversion.figures.charts.sampling import sampled
from jupyter_mlversion.figures.charts.smoothing import smoothed
from jupyter_mlversion.figures.charts.values import in_order, value_text
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.figures.charts.source import Source

Point = tuple[int, "Version"]

_NAMED = 8
"""Points whose versions can be named on the axis."""


def version_figure(source: Source, name: str, options: Options) -> dict[str, Any] | None:
    """A point for each version, a line for each branch or for each value of a parameter; None without any point.

    Versions stand in the order they were made, the oldest is number 1.
    """
    having = [(number, version) for number, version in enumerate(source.versions, start=1) if name in version.metrics]
    lines: dict[str, list[Point]] = {}
    ordered = in_order(having, lambda pair: pair[1].params.get(options.group)) if options.group else having
    for number, version in ordered:
        value = value_text(version.params.get(options.group))
        lines.setdefault(f"{options.group} {value}" if options.group else version.branch, []).append((number, version))
    traces = [trace for number, (label, points) in enumerate(lines.items())
              for trace in _traces(name, label, number, points, options)]
    if not traces:
        return None
    title = "version" if options.x == "version" else "version (each has one value)"
    x = axis(title, type="log" if "x" in options.log else "linear", **_ticks(having, options))
    y = value_axis(options)
    return named(name, traces, layout(plain(name), x, y, legend=len(lines) > 1, hovermode="closest"))


def _ticks(having: list[Point], options: Options) -> dict[str, Any]:
    """The versions by their ids where there are few, with room for the last one's."""
    if not 1 < len(having) <= _NAMED or "x" in options.log:
        return {"tickformat": "d"}
    first, last = having[0][0], having[-1][0]
    room = (last - first) / (2 * len(having) - 2)
    return {"tickvals": [number for number, _ in having], "ticktext": [version.short for _, version in having],
            "range": [first - room, last + room]}


def _traces(name: str, label: str, number: int, points: list[Point], options: Options) -> list[dict[str, Any]]:
    import numpy as np

    xs = np.array([place for place, _ in points], dtype=np.float64)
    ys = np.array([version.metrics[name] for _, version in points], dtype=np.float64)
    if "y" in options.log:
        ys = np.where(ys > 0, ys, np.nan)
    look = stroke(number)
    smooth = smoothed(xs, ys, options.smooth)
    kept = sampled(xs, smooth, options.width, options.first, options.last, log="x" in options.log)
    base: dict[str, Any] = {"type": "scatter", "name": plain(label), "legendgroup": str(number), "x": numbers(xs[kept])}
    shown = [points[at][1] for at in kept]
    line = {**base, "mode": "lines+markers", "y": numbers(smooth[kept]), "line": {**look, "width": 2},
            "marker": {"symbol": symbol(number), "size": 7}, "customdata": [version.id for version in shown],
            "text": [f"{version.short} {plain(version.message)}" for version in shown],
            "hovertemplate": "%{text}<br>%{y}<extra>%{fullData.name}</extra>"}
    if not options.smooth:
        return [line]
    raw = {**base, "mode": "lines", "y": numbers(ys[kept]), "showlegend": False, "hoverinfo": "skip",
           "line": {"color": faint(look["color"], 0.28), "width": 1}}
    return [raw, line]
