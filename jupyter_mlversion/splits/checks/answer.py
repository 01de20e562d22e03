"""A check's answer, cut to what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlversion.domain.check import MOST_ITEMS, MOST_ROWS, SEVERITY, Check, Item, Verdict


def answer(
    name: str, verdict: Verdict, sentence: str, *, numbers: Mapping[str, float] | None = None, rows: Any = (),
    items: Sequence[Item] = (), sampled: int = 0,
) -> Check:
    """The check with some of its rows (an array, ascending) and the worst of its items (in the order given)."""
    ranked = sorted(items, key=lambda item: SEVERITY.index(item.verdict))
    return Check(
        name, verdict, sentence, {key: float(value) for key, value in (numbers or {}).items()},
        rows=tuple(int(row) for row in rows[:MOST_ROWS]), row_count=len(rows),
        items=tuple(ranked[:MOST_ITEMS]), item_count=len(items), sampled=sampled,
    )


def not_applicable(name: str, reason: str) -> Check:
    """There is nothing to look at."""
    return Check(name, Verdict.NOT_APPLICABLE, reason)


def skipped(name: str, reason: str) -> Check:
    """It was not looked."""
    return Check(name, Verdict.SKIPPED, reason)


def rows_text(count: int) -> str:
    """``1 row is``, ``1,200 rows are``."""
    return f"{count:,} row is" if count == 1 else f"{count:,} rows are"


def count_text(count: int, word: str) -> str:
    """``1 row``, ``1,200 rows``."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def names_text(names: Sequence[str], most: int = 3) -> str:
    """The first names of some, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
