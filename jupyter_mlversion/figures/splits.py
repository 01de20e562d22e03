"""The class balance of each split as stacked bars, one bar per part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.split import Part, Split

MOST_CLASSES = 40
"""Classes that get a colour of their own; the rarest beyond are summed."""


def split_figures(splits: Iterable[Split]) -> list[dict[str, Any]]:
    """One figure per split, in the order given; without a target, the sizes of the parts."""
    return [_figure(split) for split in splits]


def _figure(split: Split) -> dict[str, Any]:
    classes = _classes(split.parts)
    traces = [_bars(name, split.parts, [part.classes.get(name, 0) for part in split.parts]) for name in classes]
    rest = [part.size - sum(part.classes.get(name, 0) for name in classes) for part in split.parts]
    if any(rest) or not traces:
        traces.append(_bars("other classes" if classes else "rows", split.parts, rest))
    return named(split.name, traces, layout(plain(f"{split.name} ({split.strategy}, seed {split.seed})"),
                                            axis("", type="category"), axis("rows", type="linear"),
                                            legend=bool(classes), barmode="stack"))


def _classes(parts: tuple[Part, ...]) -> list[str]:
    """The most frequent classes, sorted as a reader expects: numbers by value, then words."""
    totals: dict[str, int] = {}
    for part in parts:
        for name, count in part.classes.items():
            totals[name] = totals.get(name, 0) + count
    frequent = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_CLASSES]
    return sorted(frequent, key=_by_value)


def _by_value(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)


def _bars(name: str, parts: tuple[Part, ...], counts: list[int]) -> dict[str, Any]:
    return {"type": "bar", "name": plain(name), "x": [plain(part.name) for part in parts], "y": counts}
