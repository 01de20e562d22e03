"""Several versions side by side, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, safe, shortened
from jupyter_mlversion.commands.text.words import columns, number, plural, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.comparison import Comparison, FileState, SplitState, ValueRow
    from jupyter_mlversion.domain.run import Metric, Value

_WIDEST = 32
_BEST = "*"
_NONE = "none"


def comparison_text(told: Comparison, style: Style) -> str:
    """A block for each section, a column for each side."""
    head = ["", *(side.short for side in told.sides)]
    blocks = [
        _block("Versions", head, [["message", *(side.message.split("\n", 1)[0] for side in told.sides)]], 0, style),
        _block("Metrics", head, [[row.name, *(_metric(one, best=at in row.best) for at, one in enumerate(row.values))]
                                 for row in told.metrics], told.same["metrics"], style),
        _block("Parameters", head, _values(told.params), told.same["params"], style),
        _block("Splits", head, [[row.name, *map(_split, row.values)] for row in told.splits], told.same["splits"],
               style),
        _block("Files", head, [[row.path, *_files(row.values)] for row in told.artifacts], told.same["artifacts"],
               style),
        _block("Environment", head, _values(told.environment), told.same["environment"], style),
        _block("Code", head, _values(told.code), told.same["code"], style),
    ]
    return "\n\n".join(block for block in blocks if block)


def _block(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], same: int, style: Style) -> str:
    """Names stay whole, as they are typed in queries."""
    cells = [[safe(row[0]), *(shortened(safe(cell), _WIDEST) for cell in row[1:])] for row in (head, *rows)]
    table = columns(cells) if rows else []
    lines = [f"  {''.join(row)}".rstrip() for row in table]
    if same:
        lines.append(style.dim(f"  {plural(same, 'other')} the same on all sides"))
    return "\n".join([style.bold(title), *lines]) if lines else ""


def _metric(metric: Metric | None, *, best: bool) -> str:
    return _NONE if metric is None else f"{number(metric.last)}{_BEST if best else ''}"


def _values(rows: Sequence[ValueRow]) -> list[list[str]]:
    return [[row.name, *(_value(value, absent=at in row.absent) for at, value in enumerate(row.values))]
            for row in rows]


def _value(value: Value, *, absent: bool) -> str:
    return _NONE if absent else number(value)


def _split(state: SplitState | None) -> str:
    return _NONE if state is None else ", ".join(f"{name} {count}" for name, count in state.parts.items())


def _files(states: Sequence[FileState | None]) -> list[str]:
    """Sizes; those of equal content share a letter."""
    letters: dict[object, str] = {}
    texts = []
    for state in states:
        if state is None:
            texts.append(_NONE)
            continue
        letter = letters.setdefault(state.digest or state.size, chr(ord("a") + len(letters)))
        texts.append(f"{size(state.size)} ({letter})")
    return texts
