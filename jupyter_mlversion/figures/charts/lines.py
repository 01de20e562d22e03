"""A metric of several runs over steps or time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts.axes import value_axis
from jupyter_mlversion.figures.charts.grouping import Mean, mean_of
from jupyter_mlversion.figures.charts.palette import faint, stroke
from jupyter_mlversion.figures.charts.sampling import sampled
from jupyter_mlversion.figures.charts.smoothing import smoothed
from jupyter_mlversion.figures.charts.values import in_order, value_text
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.figures.charts.shelf import Points
    from jupyter_mlversion.figures.charts.source import Subject

    Floats = NDArray[np.float64]

_RAW = 0.28
"""How much of a line's colour is left of the values as they were logged, behind the smoothed line."""

_BAND = 0.2
_MARKED = 60
_UNITS = ((3 * 3600.0, "hours", 3600.0), (300.0, "minutes", 60.0), (0.0, "seconds", 1.0))


def line_figure(name: str, runs: Sequence[tuple[Subject, int, Points]], options: Options) -> dict[str, Any]:
    """A line for each run, or for each group of them with its band.

    Parameters
    ----------
    runs : each with the number of its colour and the points of the metric.
    """
    unit, seconds = _unit(runs) if options.x == "relative" else ("", 1.0)
    lines = [(run, colour, _Line(run, points, options, seconds)) for run, colour, points in runs]
    lines = [(run, colour, line) for run, colour, line in lines if line.xs.size]
    if options.group:
        traces, groups = _grouped([(run, line) for run, _, line in lines], options)
    else:
        traces = [trace for run, colour, line in lines for trace in _single(run, colour, line, options)]
        groups = len(lines)
    frame = layout(plain(name), _axis(options, unit), value_axis(options),
                   legend=groups > 1, hovermode="closest")
    return named(name, traces, frame)


class _Line:
    """The points of one run on the axes that are wanted: ascending, and what an axis cannot show left out."""

    def __init__(self, run: Subject, points: Points, options: Options, seconds: float) -> None:
        import numpy as np

        begun = min(run.time, float(points.times[0])) if points.times.size else run.time
        xs = {"step": points.steps, "time": points.times * 1000.0}.get(options.x, (points.times - begun) / seconds)
        order = np.arange(xs.size) if np.all(xs[1:] >= xs[:-1]) else np.argsort(xs, kind="stable")
        shown = order[xs[order] > 0] if "x" in options.log else order
        self.xs: Floats = xs[shown]
        self.steps: Floats = points.steps[shown]
        ys = points.values[shown]
        self.ys: Floats = np.where(ys > 0, ys, np.nan) if "y" in options.log else ys

    def smooth(self, weight: float) -> Floats:
        return smoothed(self.xs, self.ys, weight)


def _single(run: Subject, number: int, line: _Line, options: Options) -> list[dict[str, Any]]:
    """One line; where it is smoothed, what was logged lies faintly behind it."""
    look = stroke(number)
    about = {"name": plain(run.label), "legendgroup": str(number), "meta": {"version": run.version, "key": run.key[1]}}
    if not options.smooth:
        return [_trace(line, line.ys, options, {**about, "line": {**look, "width": 1.5}})]
    raw = {**about, "line": {**look, "dash": "solid", "color": faint(look["color"], _RAW), "width": 1},
           "showlegend": False, "hoverinfo": "skip"}
    smooth = {**about, "line": {**look, "width": 2}}
    return [_trace(line, line.ys, options, raw), _trace(line, line.smooth(options.smooth), options, smooth)]


def _trace(line: _Line, ys: Floats, options: Options, about: dict[str, Any]) -> dict[str, Any]:
    kept = sampled(line.xs, ys, options.width, options.first, options.last, log="x" in options.log)
    trace = {"type": "scatter", "mode": "lines+markers" if len(kept) <= _MARKED else "lines", "marker": {"size": 4},
             "x": numbers(line.xs[kept]), "y": numbers(ys[kept]), **about}
    if about.get("hoverinfo") == "skip":
        return {**trace, "mode": "lines"}
    if options.x == "step":
        return {**trace, "hovertemplate": "step %{x}<br>%{y}<extra>%{fullData.name}</extra>"}
    return {**trace, "customdata": numbers(line.steps[kept]),
            "hovertemplate": "%{x}, step %{customdata}<br>%{y}<extra>%{fullData.name}</extra>"}


def _grouped(lines: Sequence[tuple[Subject, _Line]], options: Options) -> tuple[list[dict[str, Any]], int]:
    groups: dict[str, list[_Line]] = {}
    for run, line in in_order(lines, lambda pair: pair[0].params.get(options.group)):
        groups.setdefault(value_text(run.params.get(options.group)), []).append(line)
    traces = []
    for number, (value, members) in enumerate(groups.items()):
        pairs = [(line.xs, line.smooth(options.smooth)) for line in members]
        mean = mean_of(pairs, options.width, options.band, log="x" in options.log)
        label = f"{options.group} {value} ({len(members)})"
        traces += _with_band(_part(mean, options), plain(label), number, options)
    return traces, len(groups)


def _with_band(mean: Mean, name: str, number: int, options: Options) -> list[dict[str, Any]]:
    """What is around the mean as one closed path below its line."""
    import numpy as np

    look = stroke(number)
    lows = mean.lows
    if "y" in options.log and mean.means.size:
        lows = np.maximum(lows, float(mean.means.min()) / 10)
    edge = {"type": "scatter", "mode": "lines", "name": name, "legendgroup": str(number), "showlegend": False,
            "x": numbers(np.concatenate([mean.xs, mean.xs[::-1]])),
            "y": numbers(np.concatenate([mean.highs, lows[::-1]])), "fill": "toself", "line": {"width": 0},
            "fillcolor": faint(look["color"], _BAND), "hoverinfo": "skip"}
    middle = {"type": "scatter", "mode": "lines+markers" if mean.xs.size <= _MARKED else "lines",
              "marker": {"size": 4}, "name": name, "legendgroup": str(number), "x": numbers(mean.xs),
              "y": numbers(mean.means), "line": {**look, "width": 2},
              "customdata": [list(pair) for pair in zip(numbers(mean.lows), numbers(mean.highs), strict=True)],
              "hovertemplate": "%{x}<br>%{y} (%{customdata[0]:.4g} to %{customdata[1]:.4g})"
                               "<extra>%{fullData.name}</extra>"}
    return [edge, middle]


def _part(mean: Mean, options: Options) -> Mean:
    """Only what is shown, and a point on either side."""
    kept = sampled(mean.xs, mean.means, options.width, options.first, options.last, log="x" in options.log)
    return Mean(mean.xs[kept], mean.means[kept], mean.lows[kept], mean.highs[kept])


def _axis(options: Options, unit: str) -> dict[str, Any]:
    if options.x == "time":
        return axis("time (UTC)", type="date")
    title = "step" if options.x == "step" else f"{unit} since the start"
    return axis(title, type="log" if "x" in options.log else "linear")


def _unit(runs: Sequence[tuple[Subject, int, Points]]) -> tuple[str, float]:
    """The unit that suits the longest run, and its seconds."""
    longest = max((float(points.times.max()) - run.time for run, _, points in runs if points.times.size), default=0.0)
    return next((name, seconds) for least, name, seconds in _UNITS if longest >= least or not least)


def numbers(values: Floats) -> list[float | int | None]:
    """As JSON has them: whole numbers short, what is not finite as a gap."""
    import numpy as np

    finite = np.isfinite(values)
    if not finite.all():
        return [value if held else None for value, held in zip(values.tolist(), finite.tolist(), strict=True)]
    whole = values.astype(np.int64) if values.size and np.abs(values).max() < 2**53 else None
    return list(whole.tolist() if whole is not None and np.array_equal(whole, values) else values.tolist())

