"""How many rows some data has, and the class of each."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Sequence
from typing import Any

from jupyter_mlversion.errors import UsageError

MOST_CLASSES = 100
"""Classes that are counted one by one; the rows of the rarer ones are counted together."""

OTHER = "other"


def row_count(data: Any) -> int:
    """Rows of `data`: a number, an array, a data frame, a list, anything with a shape or a length.

    Raises
    ------
    UsageError : it has neither, or no rows at all.
    """
    try:
        if getattr(data, "shape", None):
            count = int(data.shape[0])
        elif hasattr(data, "__index__") and not isinstance(data, bool):
            count = operator.index(data)
        else:
            count = len(data)
    except TypeError as error:
        message = f"split needs data with a length, or the number of rows, got {type(data).__name__}"
        raise UsageError(message) from error
    if count < 1:
        message = "split needs data with at least one row"
        raise UsageError(message)
    return count


def labels_of(data: Any, target: Any, count: int) -> list[str]:
    """The class of each row as text; a text as `target` names a column of `data`.

    Raises
    ------
    UsageError : there is no such column, or there is not one label a row.
    """
    if isinstance(target, str):
        target = _column(data, target)
    values = _listed(target)
    if len(values) != count:
        message = f"the target has {len(values)} rows, the data has {count}"
        raise UsageError(message, hint="Give one label for each row.")
    return [str(value) for value in values]


def classes_of(labels: Sequence[str]) -> dict[str, str]:
    """Class → the name that it is counted under: itself for the 100 most frequent, ``other`` for the rest."""
    counts = Counter(labels)
    ranked = sorted(counts, key=lambda label: (-counts[label], label))
    kept = ranked if len(ranked) <= MOST_CLASSES else ranked[:MOST_CLASSES]
    return {label: label for label in kept} | dict.fromkeys(ranked[len(kept):], OTHER)


def _column(data: Any, name: str) -> Any:
    try:
        return data[name]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        message = f"the data has no column {name!r}"
        raise UsageError(message, hint="Give the target as an array, or as the name of a column.") from error


def _listed(target: Any) -> list[Any]:
    if getattr(target, "ndim", 1) > 1:
        if len(target.shape) == 2 and target.shape[1] == 1:  # noqa: PLR2004  rows and columns
            target = target.iloc[:, 0] if hasattr(target, "iloc") else target[:, 0]
        else:
            message = f"the target has the shape {tuple(target.shape)}; one label for each row is needed"
            raise UsageError(message)
    for name in ("tolist", "to_pylist", "to_list"):
        convert = getattr(target, name, None)
        if callable(convert):
            return list(convert())
    try:
        return list(target)
    except TypeError as error:
        message = f"the target is a {type(target).__name__}; one label for each row is needed"
        raise UsageError(message) from error
