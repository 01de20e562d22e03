"""A metric against a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts.axes import value_axis
from jupyter_mlversion.figures.charts.palette import scale, stroke, symbol
from jupyter_mlversion.figures.charts.values import in_order, is_number, value_text, varying
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.figures.charts.source import Source, Subject

MOST_POINTS = 5000


def scatter_figure(source: Source, name: str, options: Options) -> dict[str, Any] | None:
    """A point for each row that has the metric and the parameter, the newest 5,000; None without any.

    The x axis is of numbers where all values are; else each value has its place, numbers first.
    """
    against = options.against or _first_varying(source.rows)
    rows = [row for row in source.rows if name in row.metrics and is_number(row.metrics[name].last)
            and row.params.get(against) is not None][-MOST_POINTS:]
    if not rows or not against:
        return None
    numeric = all(is_number(row.params[against]) for row in rows)
    groups: dict[str, list[Subject]] = {}
    for row in in_order(rows, lambda row: row.params.get(options.group)) if options.group else rows:
        groups.setdefault(f"{options.group} {value_text(row.params.get(options.group))}" if options.group else "",
                          []).append(row)
    traces = [_trace(name, against, label, number, members, options, numeric=numeric)
              for number, (label, members) in enumerate(groups.items())]
    x = axis(plain(against), type="log" if "x" in options.log else "linear") if numeric else axis(
        plain(against), type="category", categoryorder="array", categoryarray=_categories(rows, against))
    y = value_axis(options)
    return named(name, traces, layout(plain(name), x, y, legend=len(traces) > 1, hovermode="closest"))


def _trace(name: str, against: str, label: str, number: int, rows: Sequence[Subject], options: Options, *,
           numeric: bool) -> dict[str, Any]:
    marker: dict[str, Any] = {"size": 9, "symbol": symbol(number), "color": stroke(number)["color"], "opacity": 0.85}
    if options.colour and not options.group:
        values = [row.metrics[options.colour].last if options.colour in row.metrics else None for row in rows]
        shown = [value if is_number(value) else None for value in values]
        marker |= {"color": shown, "colorscale": scale(), "showscale": True,
                   "colorbar": {"title": {"text": plain(options.colour), "side": "right"}, "thickness": 10, "len": 1}}
    return {"type": "scatter", "mode": "markers", "name": plain(label or name), "marker": marker,
            "x": [row.params[against] if numeric else plain(value_text(row.params[against])) for row in rows],
            "y": [row.metrics[name].last for row in rows], "customdata": [row.version for row in rows],
            "text": [plain(row.label) for row in rows],
            "hovertemplate": "%{text}<br>%{xaxis.title.text} %{x}<br>%{y}<extra></extra>"}


def _categories(rows: Sequence[Subject], against: str) -> list[str]:
    ordered = in_order(rows, lambda row: row.params.get(against))
    return list(dict.fromkeys(plain(value_text(row.params[against])) for row in ordered))


def _first_varying(rows: Sequence[Subject]) -> str:
    """The first parameter, by the alphabet, of which there are two values; else the first."""
    names = sorted({name for row in rows for name in row.params})
    return next((name for name in names if varying(row.params.get(name) for row in rows)), next(iter(names), ""))
