"""A comparison as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_mlversion.domain.comparison import Comparison, Side
    from jupyter_mlversion.domain.run import Value

Cell = str | int | float | None

_OBEYED = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or removes before one."""


def sheet(comparison: Comparison) -> str:
    """One table: section, name, what of it, and a column for each side. Numbers are written in full.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["section", "name", "value", *(_inert(title_of(side)) for side in comparison.sides)])
    for section, name, what, cells in _rows(comparison):
        writer.writerow([section, _inert(name), what, *map(_cell, cells)])
    return out.getvalue()


def title_of(side: Side) -> str:
    """What a column is called."""
    first = side.message.split("\n", 1)[0].strip()
    return f"{side.short} {first}".strip()


def _rows(comparison: Comparison) -> Iterable[tuple[str, str, str, Sequence[Value]]]:
    yield "version", "time", "", [side.time.isoformat() if side.time else None for side in comparison.sides]
    for field in ("author", "branch", "notebook"):
        yield "version", field, "", [getattr(side, field) for side in comparison.sides]
    for metric in comparison.metrics:
        told = [("last", "last"), ("min", "low"), ("max", "high"), ("points", "count")]
        if metric.lower_is_better is not None:
            told.insert(1, ("best", "low" if metric.lower_is_better else "high"))
        for what, field in told:
            yield "metric", metric.name, what, _of(metric.values, field)
    for section, rows in (("parameter", comparison.params), ("environment", comparison.environment),
                          ("code", comparison.code)):
        for row in rows:
            yield section, row.name, "", row.values
    for file in comparison.artifacts:
        yield "artifact", file.path, "bytes", _of(file.values, "size")
        yield "artifact", file.path, "digest", _of(file.values, "digest")
    for split in comparison.splits:
        yield "split", split.name, "parts", [None if one is None else parts_text(one.parts) for one in split.values]
        yield "split", split.name, "strategy", _of(split.values, "strategy")
        yield "split", split.name, "seed", _of(split.values, "seed")


def _of(states: Sequence[object], field: str) -> list[Value]:
    return [None if state is None else getattr(state, field) for state in states]


def parts_text(parts: dict[str, int]) -> str:
    """The sizes of the parts of a split."""
    return ", ".join(f"{name} {size}" for name, size in parts.items())


def _cell(value: Value) -> Cell:
    return _inert(value) if isinstance(value, str) else value


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_OBEYED) else text
