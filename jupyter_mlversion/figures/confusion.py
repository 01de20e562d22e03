"""How often which class was taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.figures.frame import axis, layout
from jupyter_mlversion.figures.text import plain

MOST_CLASSES = 200
_SCALE = [[0, "rgba(61,133,198,0)"], [1, "rgba(61,133,198,1)"]]
_WRITTEN = 30


def confusion_figure(name: str, true: Iterable[Any], predicted: Iterable[Any], labels: Sequence[Any] | None = None
                     ) -> dict[str, Any]:
    """A matrix: a row for each true class, a column for each predicted one, the cells counted.

    Parameters
    ----------
    true, predicted : the class of each row of the data, by the same order.
    labels : the classes in the order wanted; None: all that occur, sorted.

    Raises
    ------
    UsageError : lengths differ, nothing is given, a class is not among `labels`, or there are too many.
    """
    rows, columns = listed(true), listed(predicted)
    if len(rows) != len(columns) or not rows:
        message = f"confusion {name!r}: {len(rows)} true and {len(columns)} predicted classes; equal numbers are needed"
        raise UsageError(message)
    counts = Counter(zip(rows, columns, strict=True))
    classes = listed(labels) if labels is not None else ordered({*rows, *columns})
    unknown = {*rows, *columns} - set(classes)
    if unknown:
        message = f"confusion {name!r}: {ordered(unknown)[0]!r} is not among the labels"
        raise UsageError(message)
    if len(classes) > MOST_CLASSES:
        message = f"confusion {name!r}: {len(classes)} classes are more than {MOST_CLASSES}"
        raise UsageError(message, hint="Are these classes, or numbers? For numbers log the errors instead.")
    return _matrix(name, [plain(str(one)) for one in classes],
                   [[counts[row, column] for column in classes] for row in classes])


def _matrix(name: str, classes: list[str], counts: list[list[int]]) -> dict[str, Any]:
    """Bars of height 1 that stand on each other: so they are drawn by any Plotly, however small."""
    cells = [(row, column) for row in range(len(classes)) for column in range(len(classes))]
    values = [counts[row][column] for row, column in cells]
    trace = {"type": "bar", "x": [column for _, column in cells], "base": [row for row, _ in cells],
             "y": [1] * len(cells), "width": 1,
             "customdata": [[classes[row], classes[column]] for row, column in cells],
             "text": values if len(classes) <= _WRITTEN else None, "textposition": "inside", "textangle": 0,
             "constraintext": "none",
             "insidetextanchor": "middle", "insidetextfont": {"size": 10, "color": _inks(values)},
             "marker": {"color": values, "colorscale": _SCALE, "line": {"width": 0}},
             "hovertemplate": "true %{customdata[0]}<br>predicted %{customdata[1]}<br>%{marker.color}<extra></extra>"}
    at = list(range(len(classes)))
    x = axis("predicted", type="linear", showgrid=False, zeroline=False, tickvals=at, ticktext=classes)
    y = axis("true", type="linear", showgrid=False, zeroline=False, tickvals=[one + 0.5 for one in at],
             ticktext=classes, range=[len(classes), 0])
    return {"data": [trace], "layout": layout(plain(name), x, y, legend=False, barmode="overlay", bargap=0,
                                               height=min(100 + 18 * len(classes), 640))}


def _inks(values: list[int]) -> list[str]:
    """White on what is blue; else a grey that is read on white and on black: the ground of the page shines through."""
    most = max(values)
    return ["#ffffff" if value > most / 2 else "#7f868f" for value in values]


def listed(values: Any) -> list[Any]:
    """The elements, as Python's own numbers and texts."""
    return list(values.tolist() if hasattr(values, "tolist") else values)


def ordered(classes: Iterable[Any]) -> list[Any]:
    """Sorted by value, by their text where that cannot be."""
    found = list(classes)
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)
