"""What checks found of each feature, as bars: drift, and leakage of the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.check import Check, Item
    from jupyter_mlversion.domain.split import Split

_LOOKS = {Verdict.PROBLEM: ("#c65b7c", "x"), Verdict.WARNING: ("#b5892e", "/"), Verdict.OK: ("#3fa06f", "")}
"""Colour and pattern: neither has to be seen for the other."""

_LONGEST = 24


def drift_figures(split: Split) -> list[dict[str, Any]]:
    """A bar for each of the features that differ most between the parts: its population stability index."""
    check = _check(split, "feature-drift")
    return [] if check is None else [_figure(split, check, "psi", "PSI", (0.1, 0.25))]


def leakage_figures(split: Split) -> list[dict[str, Any]]:
    """A bar for each of the features that predict the target best: how well it does alone."""
    check = _check(split, "target-leakage")
    return [] if check is None else [_figure(split, check, "score", "score alone", (0.98,))]


def _check(split: Split, name: str) -> Check | None:
    return next((check for check in split.checks if check.name == name and check.items), None)


def _figure(split: Split, check: Check, number: str, words: str, borders: tuple[float, ...]) -> dict[str, Any]:
    items = sorted(check.items, key=lambda item: item.numbers.get(number, 0.0))
    traces = [_bars([item for item in items if item.verdict == verdict], verdict, number) for verdict in _LOOKS
              if any(item.verdict == verdict for item in items)]
    lines = [{"type": "line", "x0": border, "x1": border, "y0": 0, "y1": 1, "yref": "paper",
              "line": {"color": "rgba(128,128,128,0.8)", "width": 1, "dash": "dot"}} for border in borders]
    y = axis("", type="category", categoryorder="array", categoryarray=[_label(item) for item in items])
    return named(split.name, traces, layout(
        plain(f"{split.name}: {check.name}"), axis(words, type="linear", rangemode="tozero"), y, legend=False,
        shapes=lines, height=80 + 18 * len(items), barmode="overlay"))


def _bars(items: list[Item], verdict: Verdict, number: str) -> dict[str, Any]:
    colour, pattern = _LOOKS[verdict]
    return {"type": "bar", "orientation": "h", "name": verdict.value, "y": [_label(item) for item in items],
            "x": [item.numbers.get(number, 0.0) for item in items],
            "text": [_text(item, number) for item in items], "textposition": "auto",
            "constraintext": "none", "textfont": {"size": 10}, "cliponaxis": False,
            "marker": {"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay"}}}


def _text(item: Item, number: str) -> str:
    value = f"{item.numbers.get(number, 0.0):.2g}"
    return value if item.verdict == Verdict.OK else f"{value} {item.verdict.value}"


def _label(item: Item) -> str:
    name = item.name if len(item.name) <= _LONGEST else item.name[: _LONGEST - 1] + "…"
    return plain(name)
