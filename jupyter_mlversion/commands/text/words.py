"""Quantities in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

_UNITS = ("B", "KB", "MB", "GB", "TB")
_AGES = ((60, 1, "s", "s"), (3600, 60, "min", "min"), (86400, 3600, "h", "h"), (86400 * 60, 86400, "day", "days"),
         (86400 * 730, 86400 * 30, "month", "months"))
_YEAR = 86400 * 365


def size(count: int) -> str:
    """`count` bytes as ``1.2 MB``."""
    value = float(count)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:  # noqa: PLR2004 - from here on, three digits would round to four
            return f"{value:.3g} {unit}"
        value /= 1000
    raise AssertionError


def age(time: datetime, now: datetime) -> str:
    """How long ago `time` is at `now`, as ``5 min``."""
    seconds = max((now - time).total_seconds(), 0)
    for below, unit, one, many in _AGES:
        if seconds < below:
            count = int(seconds // unit)
            return f"{count} {one if count == 1 else many}"
    return plural(int(seconds // _YEAR), "year")


def plural(count: int, word: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def number(value: object) -> str:
    """A metric or parameter in few digits."""
    return f"{value:.4g}" if isinstance(value, float) else "none" if value is None else str(value)


def seconds(value: float) -> str:
    """A duration as ``0.42 s``."""
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"  # noqa: PLR2004


def columns(rows: Sequence[Sequence[str]], *, gap: int = 2) -> list[list[str]]:
    """`rows` with every cell but a row's last padded to the width of its column and a gap; empty columns have none."""
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    return [
        [cell.ljust(width + gap if width else 0) for cell, width in zip(row[:-1], widths, strict=False)] + [row[-1]]
        for row in rows
    ]
