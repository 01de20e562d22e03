"""Parallel coordinates: an axis for each parameter and metric, a line for each row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts.palette import of_scale, scale
from jupyter_mlversion.figures.charts.values import in_order, is_number, value_text, varying
from jupyter_mlversion.figures.frame import layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.figures.charts.source import Source, Subject

NAME = "parallel coordinates"
MOST_LINES = 300
MOST_PARAMS, MOST_METRICS = 8, 6
_TICKS, _MOST_TICKS, _MOST_VALUES = 5, 12, 7
_LOGARITHMIC = 50
"""An axis of numbers above 0 is logarithmic where the largest is so many times the smallest."""

_GREY = "rgba(128,128,128,0.6)"


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis: its values by row, where each lies from 0 to 1, and what is written beside it."""

    title: str
    values: Sequence[Value]
    places: Sequence[float | None]
    ticks: Sequence[tuple[float, str]]


def parallel_figures(source: Source, options: Options) -> list[dict[str, Any]]:
    """One figure of the newest 300 rows; none where there is nothing to compare.

    Drawn with plain lines over axes from 0 to 1: Plotly's own needs WebGL, of which a page has little.
    """
    metrics = list(options.metrics or source.metrics[:1])[:MOST_METRICS]
    rows = [row for row in source.rows if any(name in row.metrics for name in metrics)][-MOST_LINES:]
    names = options.params or tuple(name for name in source.params if varying(row.params.get(name) for row in rows))
    axes = [_axis(name, [row.params.get(name) for row in rows]) for name in names[:MOST_PARAMS]]
    axes += [_axis(name, [row.metrics[name].last if name in row.metrics else None for row in rows]) for name in metrics]
    if not rows or len(axes) < 2:  # noqa: PLR2004 - one axis has no lines
        return []
    by = options.colour or metrics[0]
    shades = [_number(row.metrics[by].last) if by in row.metrics else None for row in rows]
    known = [shade for shade in shades if shade is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    traces = [_trace(row, [axis.places[at] for axis in axes], [axis.values[at] for axis in axes], axes,
                     _colour(shades[at], low, high)) for at, row in enumerate(rows)]
    return [named(NAME, [*traces, _bar(plain(by), low, high)], _layout(axes))]


def _axis(name: str, values: Sequence[Value]) -> _Axis:
    present = [value for value in values if value is not None]
    if present and all(is_number(value) for value in present):
        return _numeric(name, values, [float(value) for value in present if isinstance(value, int | float)])
    texts = [None if value is None else value_text(value) for value in values]
    ordered = list(dict.fromkeys(value_text(value) for value in in_order(present, lambda value: value)))
    at = {text: place / max(1, len(ordered) - 1) for place, text in enumerate(ordered)}
    every = max(1, math.ceil(len(ordered) / _MOST_TICKS))
    return _Axis(name, values, [None if text is None else at[text] for text in texts],
                 [(at[text], plain(text)) for text in ordered[::every]])


def _numeric(name: str, values: Sequence[Value], present: Sequence[float]) -> _Axis:
    low, high = min(present), max(present)
    logarithmic = low > 0 and high / low >= _LOGARITHMIC
    scaled = math.log if logarithmic else float
    first, span = scaled(low), (scaled(high) - scaled(low)) or 1.0
    flat = low == high

    def place(value: Value) -> float | None:
        number = _number(value)
        return None if number is None else 0.5 if flat else (scaled(number) - first) / span

    if len(distinct := sorted(set(present))) <= _MOST_VALUES:
        return _Axis(name, values, [place(value) for value in values],
                     [(place(value) or 0.0, f"{value:.4g}") for value in distinct])
    shares = [number / (_TICKS - 1) for number in range(_TICKS)]
    raised = [math.exp(first + share * span) if logarithmic else first + share * span for share in shares]
    return _Axis(name, values, [place(value) for value in values],
                 [(share, f"{value:.3g}") for share, value in zip(shares, raised, strict=True)])


def _trace(row: Subject, places: list[float | None], values: list[Value], axes: Sequence[_Axis], colour: str
           ) -> dict[str, Any]:
    pairs = zip(axes, values, strict=True)
    told = "<br>".join(f"{plain(axis.title)} {plain(value_text(value))}" for axis, value in pairs)
    return {"type": "scatter", "mode": "lines+markers", "name": plain(row.label), "x": list(range(len(axes))),
            "y": places, "line": {"color": colour, "width": 1.5, "shape": "linear"}, "marker": {"size": 5},
            "meta": {"version": row.version, "key": row.run}, "opacity": 0.85, "showlegend": False,
            "hovertemplate": f"{plain(row.label)}<br>{told}<extra></extra>"}


def _bar(title: str, low: float, high: float) -> dict[str, Any]:
    """The scale of the colours: a point that is not seen has it."""
    marker = {"color": [low, high], "cmin": low, "cmax": high or low + 1, "colorscale": scale(), "showscale": True,
              "size": 0.1, "opacity": 0, "colorbar": {"title": {"text": title, "side": "right"}, "thickness": 10}}
    return {"type": "scatter", "mode": "markers", "x": [0, 0], "y": [0, 0], "marker": marker, "hoverinfo": "skip",
            "showlegend": False}


def _layout(axes: Sequence[_Axis]) -> dict[str, Any]:
    lines = [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": {"color": _GREY, "width": 1},
              "layer": "below"} for at in range(len(axes))]
    notes = [{"x": at, "y": place, "text": text, "showarrow": False, "xanchor": "left", "xshift": 5,
              "font": {"size": 10}} for at, axis in enumerate(axes) for place, text in axis.ticks]
    x = {"tickvals": list(range(len(axes))), "ticktext": [plain(axis.title) for axis in axes], "side": "top",
         "showgrid": False, "zeroline": False, "range": [-0.15, len(axes) - 0.6], "automargin": True, "type": "linear",
         "fixedrange": True, "title": {"text": ""}}
    y = {"visible": False, "range": [-0.06, 1.06], "fixedrange": True, "type": "linear"}
    return layout(NAME, x, y, legend=False, shapes=lines, annotations=notes, hovermode="closest", height=420)


def _colour(shade: float | None, low: float, high: float) -> str:
    return _GREY if shade is None else of_scale((shade - low) / (high - low) if high > low else 1.0)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and is_number(value) else None
