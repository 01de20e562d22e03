"""How many of a class are found at the price of how many false alarms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.figures.confusion import listed, ordered
from jupyter_mlversion.figures.frame import axis, layout
from jupyter_mlversion.figures.text import plain

MOST_POINTS = 2000
Curve = tuple[list[float], list[float], float]
"""False and true positive rates, ascending, and the area under the curve."""


def roc_curves(name: str, true: Iterable[Any], scores: Iterable[Any], labels: Sequence[Any] | None = None
               ) -> dict[str, Curve]:
    """The curve of each class against the others, by the class as text; of two classes that of the second.

    Parameters
    ----------
    true : the class of each row of the data.
    scores : for two classes one score a row, the higher the likelier the second; else, or instead, one a class.
    labels : the classes in the order of the scores' columns; None: those that occur, sorted.

    Raises
    ------
    UsageError : lengths differ, a score is not finite, there is one class only.
    """
    pairs = against_rest(name, true, scores, labels)
    return {one: roc_curve(positive, column) for one, (positive, column) in pairs.items()}


def against_rest(name: str, true: Iterable[Any], scores: Iterable[Any], labels: Sequence[Any] | None = None
                 ) -> dict[str, tuple[list[bool], list[float]]]:
    """Of each class, by its text, which rows are of it and the score of each row; errors as `roc_curves`."""
    classes_of, rows = listed(true), listed(scores)
    classes = listed(labels) if labels is not None else ordered(set(classes_of))
    if len(classes_of) != len(rows) or len(classes) < 2:  # noqa: PLR2004 - one against another
        message = f"roc {name!r}: {len(classes_of)} classes of {len(classes)} kinds and {len(rows)} scores"
        raise UsageError(message, hint="Equal numbers, and two kinds of classes at the least, are needed.")
    columns = _columns(name, rows, len(classes))
    chosen = classes[1:] if len(columns) == 1 else classes
    if len(classes) == 2 and len(columns) == 2:  # noqa: PLR2004 - the first is the mirror image of the second
        columns, chosen = columns[1:], classes[1:]
    return {str(one): ([given == one for given in classes_of], column)
            for one, column in zip(chosen, columns, strict=True) if one in classes_of}


def roc_curve(positive: Sequence[bool], scores: Sequence[float]) -> Curve:
    """The curve and its area; rows of equal score are taken together (Fawcett, 2006, algorithms 1 and 2)."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    wanted = sum(positive)
    others = len(positive) - wanted
    false, found, area = [0.0], [0.0], 0.0
    hits = misses = at = 0
    while at < len(order):
        score, before = scores[order[at]], (hits, misses)
        while at < len(order) and scores[order[at]] == score:
            hits, misses, at = hits + positive[order[at]], misses + (not positive[order[at]]), at + 1
        area += (misses - before[1]) * (hits + before[0]) / 2
        false.append(misses / others if others else math.nan)
        found.append(hits / wanted if wanted else math.nan)
    return false, found, area / (wanted * others) if wanted and others else math.nan


def roc_figure(name: str, curves: dict[str, Curve]) -> dict[str, Any]:
    """A line for each class, and the diagonal of guessing."""
    traces = [trace(f"{one} (area {area:.3f})", *thin(false, found)) for one, (false, found, area) in curves.items()]
    dotted = {"dash": "dot", "color": "#8a8f98"}
    guess = {**trace("guess", [0.0, 1.0], [0.0, 1.0]), "line": dotted, "showlegend": False}
    x = axis("false positives", type="linear", range=[0, 1])
    y = axis("true positives", type="linear", range=[0, 1.02])
    return {"data": [*traces, guess], "layout": layout(plain(name), x, y, legend=True)}


def _columns(name: str, rows: list[Any], classes: int) -> list[list[float]]:
    lists = [row if isinstance(row, list | tuple) else [row] for row in rows]
    widths = {len(row) for row in lists}
    if widths != {classes} and not (widths == {1} and classes == 2):  # noqa: PLR2004 - one score tells two classes apart
        message = f"roc {name!r}: {sorted(widths)} scores a row for {classes} classes"
        raise UsageError(message, hint="Give one score a class, as predict_proba does; for two classes one is enough.")
    columns = [[float(value) for value in column] for column in zip(*lists, strict=True)]
    if not all(math.isfinite(value) for column in columns for value in column):
        message = f"roc {name!r}: a score is NaN or infinite"
        raise UsageError(message)
    return columns


def trace(name: str, x: list[float], y: list[float]) -> dict[str, Any]:
    """A line."""
    return {"type": "scatter", "mode": "lines", "name": plain(name), "x": x, "y": y}


def thin(x: list[float], y: list[float]) -> tuple[list[float], list[float]]:
    """Every n-th point and the last: the curve only ascends."""
    every = math.ceil(len(x) / MOST_POINTS)
    return ([*x[:-1:every], x[-1]], [*y[:-1:every], y[-1]]) if every > 1 else (x, y)
