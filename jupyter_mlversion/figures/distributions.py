"""How the values of each column are distributed in each part: the share of the part that is in each bin."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.figures.frame import COLOURS, axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.domain.summary import Histogram, Summary

MISSING = "missing"
_LONGEST = 16
"""Characters of a category below its bars."""


def distribution_figures(split: Split, summary: Summary) -> list[dict[str, Any]]:
    """A figure for each column: the target first, then those that drift, then the others as in the data."""
    drifting = [item.name for check in split.checks if check.name == "feature-drift" for item in check.items
                if item.verdict != Verdict.OK]
    rank = {name.rpartition(" in ")[0] or name: place for place, name in reversed(list(enumerate(drifting)))}
    rank |= {name: place for place, name in reversed(list(enumerate(drifting)))}
    features = sorted(summary.features, key=lambda column: rank.get(column.name, len(rank)))
    columns = ([] if summary.target is None else [summary.target]) + features
    return [_figure(column, summary.shown) for column in columns if any(map(sum, column.counts.values()))]


def _figure(column: Histogram, parts: tuple[str, ...]) -> dict[str, Any]:
    numeric = len(column.edges) > 2  # noqa: PLR2004 - a single bin would be a line without length
    draw = _lines if numeric else _bars
    traces = [draw(column, part, number) for number, part in enumerate(parts)]
    x = axis("", type="linear" if numeric else "category")
    y = axis("", type="linear", tickformat=".0%", rangemode="tozero")
    return named(column.name, traces, layout(plain(column.name), x, y, legend=len(traces) > 1, barmode="group"))


def _lines(column: Histogram, part: str, number: int) -> dict[str, Any]:
    counts = column.counts[part]
    total = (sum(counts) + column.missing.get(part, 0)) or 1
    middles = [(low + high) / 2 for low, high in pairwise(column.edges)]
    dashes = ("solid", "dash", "dot", "dashdot")
    return {"type": "scatter", "mode": "lines", "name": _name(column, part), "x": middles,
            "y": [count / total for count in counts],
            "line": {"shape": "hvh", "color": COLOURS[number % len(COLOURS)], "dash": dashes[number % len(dashes)]}}


def _bars(column: Histogram, part: str, number: int) -> dict[str, Any]:
    counts = column.counts[part]
    total = (sum(counts) + column.missing.get(part, 0)) or 1
    labels = column.labels or tuple(f"{(low + high) / 2:g}" for low, high in pairwise(column.edges))
    return {"type": "bar", "name": _name(column, part), "x": [_short(label) for label in labels],
            "y": [count / total for count in counts], "marker": {"color": COLOURS[number % len(COLOURS)]}}


def _short(label: str) -> str:
    return plain(label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…")


def _name(column: Histogram, part: str) -> str:
    missing = column.missing.get(part, 0)
    return plain(part) + (f" ({missing:,} {MISSING})" if missing else "")
