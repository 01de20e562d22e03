"""How many of what is called a class are of it, at the price of how many of it are found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_mlversion.figures.frame import axis, layout
from jupyter_mlversion.figures.roc import Curve, against_rest, thin, trace
from jupyter_mlversion.figures.text import plain


def pr_curves(name: str, true: Iterable[Any], scores: Iterable[Any], labels: Sequence[Any] | None = None
              ) -> dict[str, Curve]:
    """The recalls (ascending), the precisions and the average precision of each class, by the class as text.

    Parameters and errors as `roc_curves`.
    """
    pairs = against_rest(name, true, scores, labels)
    return {one: pr_curve(positive, column) for one, (positive, column) in pairs.items()}


def pr_curve(positive: Sequence[bool], scores: Sequence[float]) -> Curve:
    """The curve and its average precision; rows of equal score are taken together.

    The average is that of the precisions, each weighted with the recall that it gained: no straight lines between
    points, which would flatter (Davis and Goadrich, 2006).
    """
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    wanted = sum(positive)
    recalls, precisions, average = [0.0], [1.0], 0.0
    hits = at = 0
    while at < len(order):
        score = scores[order[at]]
        while at < len(order) and scores[order[at]] == score:
            hits, at = hits + positive[order[at]], at + 1
        recall, precision = hits / wanted, hits / at
        average += (recall - recalls[-1]) * precision
        recalls.append(recall)
        precisions.append(precision)
    return recalls, precisions, average


def pr_figure(name: str, curves: dict[str, Curve]) -> dict[str, Any]:
    """A line in steps for each class."""
    traces = [{**trace(f"{one} (average {average:.3f})", *thin(recalls, precisions)), "line": {"shape": "vh"}}
              for one, (recalls, precisions, average) in curves.items()]
    x = axis("recall", type="linear", range=[0, 1])
    y = axis("precision", type="linear", range=[0, 1.02])
    return {"data": traces, "layout": layout(plain(name), x, y, legend=True)}
