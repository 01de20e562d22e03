"""How two tables differ: columns and rows that were added, removed and changed, and some of them with their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.compare.inside.alignment import Alignment, by_content, by_key, rows_hash
from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.table import Cell, Column, Table
    from jupyter_mlversion.domain.progress import Progress

MOST_CELLS = 20_000_000
"""Values of a table that are compared: each takes eight bytes. Rows beyond are counted and not compared."""

_KEY_TYPES = ("int", "uint", "integer", "text", "string", "large_string", "time", "date")
_MOST_KEYS = 8
"""Columns, from the first, that may be found to be the key."""


def table_difference(
    before: Table, after: Table, *, key: str | None, limit: int, progress: Progress
) -> dict[str, Any]:
    """How `after` differs from `before`.

    Parameters
    ----------
    key : the column by which rows are told; None: the first one that tells them all apart, else the whole row.
    limit : rows of each kind that are answered with their values.

    Raises
    ------
    UsageError : there is no such column in both, or it does not tell the rows apart.
    """
    one, two = _places(before.columns), _places(after.columns)
    shared = [name for name in two if name in one]
    most = MOST_CELLS // max(1, len(shared))
    first = before.hashes([one[name] for name in shared], most, progress)
    second = after.hashes([two[name] for name in shared], most, progress)
    place = _key(shared, first, second, after.columns, two, key)
    found = _aligned(first, second, place)
    cells = first[found.before] != second[found.after]
    changed = np.flatnonzero(cells.any(axis=1)) if shared else np.zeros(0, dtype=np.int64)
    counts = {"before": before.count(exact=True)[0], "after": after.count(exact=True)[0],
              "same": len(found.before) - len(changed), "changed": len(changed),
              "added": len(found.added), "removed": len(found.removed)}
    return {
        "columns": _columns(before, after, shared, cells.sum(axis=0)),
        "key": None if place is None else shared[place],
        "aligned": "content" if place is None else "key",
        "rows": counts,
        "compared": {"before": len(first), "after": len(second)},
        "changed": [
            {"before": left, "after": right, "from": from_, "to": to, "cells": np.flatnonzero(cells[at]).tolist()}
            for at, (left, from_), (right, to) in zip(
                changed[:limit].tolist(), _picked(before, found.before[changed[:limit]], one, shared),
                _picked(after, found.after[changed[:limit]], two, shared), strict=True)],
        "names": shared,
        "added": _rows(after, found.added[:limit], [*two.values()]),
        "removed": _rows(before, found.removed[:limit], [one[name] for name in _names(one, two) if name in one]),
    }


def _places(columns: Sequence[Column]) -> dict[str, int]:
    """Columns by name; of several with one name the later ones get a number."""
    found: dict[str, int] = {}
    for place, column in enumerate(columns):
        name, number = column.name, 2
        while name in found:
            name, number = f"{column.name} ({number})", number + 1
        found[name] = place
    return found


def _aligned(first: Any, second: Any, place: int | None) -> Alignment:
    if place is not None:
        return by_key(first[:, place], second[:, place])
    return by_content(rows_hash(first), rows_hash(second))


def _key(
    shared: Sequence[str], first: Any, second: Any, columns: Sequence[Column], places: dict[str, int], asked: str | None
) -> int | None:
    """Which of the shared columns tells the rows of both tables apart."""
    if asked is not None:
        place = shared.index(asked) if asked in shared else -1
        if place < 0 or not _unique(first[:, place]) or not _unique(second[:, place]):
            message = f"{asked!r} is no column of both tables that has another value in each row"
            raise UsageError(message, hint=f"Columns of both are: {', '.join(shared[:10])}")
        return place
    for place, name in enumerate(shared[:_MOST_KEYS]):
        if columns[places[name]].type.startswith(_KEY_TYPES) and len(shared) > 1 and len(first) and len(second):
            common = len(np.intersect1d(first[:, place], second[:, place]))
            enough = 2 * common >= min(len(first), len(second))
            if enough and _unique(first[:, place]) and _unique(second[:, place]):
                return place
    return None


def _unique(values: Any) -> bool:
    return len(np.unique(values)) == len(values)


def _columns(before: Table, after: Table, shared: Sequence[str], changed: Any) -> list[dict[str, Any]]:
    one, two = _places(before.columns), _places(after.columns)
    cells = dict(zip(shared, changed.tolist(), strict=True))
    out = []
    for name in _names(one, two):
        types = [columns[places[name]].type if name in places else None
                 for columns, places in ((before.columns, one), (after.columns, two))]
        change = ("added" if name not in one else "removed" if name not in two
                  else "retyped" if types[0] != types[1] else None)
        out.append({"name": name, "change": change, "before": types[0], "after": types[1],
                    "cells": cells.get(name, 0)})
    return out


def _names(one: dict[str, int], two: dict[str, int]) -> list[str]:
    """The columns of both tables: those that the second one has in its order, then the others."""
    return [*two, *[name for name in one if name not in two]]


def _picked(
    table: Table, numbers: Any, places: dict[str, int], names: Sequence[str]
) -> list[tuple[int, list[Cell]]]:
    """Rows in any order, with their numbers; values in the order of `names`."""
    found, nothing = table.rows(np.sort(numbers).tolist()), [None] * len(table.columns)
    return [(row, [found.get(row, nothing)[places[name]] for name in names]) for row in numbers.tolist()]


def _rows(table: Table, numbers: Any, places: Sequence[int]) -> list[dict[str, Any]]:
    """Rows with their numbers, values in the order of `places`."""
    found = table.rows(numbers.tolist())
    return [{"row": row, "values": [line[place] for place in places]} for row, line in found.items()]
