"""Parts, and classes in parts, that are too small to learn from or to judge by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import Check, Item, Verdict, worst
from jupyter_mlversion.splits.checks.answer import answer, names_text
from jupyter_mlversion.splits.checks.features import MISSING
from jupyter_mlversion.splits.checks.target import is_classes

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "sizes"
FEW_ROWS = 20
"""Rows below which a share of a part has a standard error above 11 %: √(¼/20)."""

FEW_OF_CLASS = 5
"""Rows of a class below which nothing can be said of that class."""


def check(subject: Subject) -> Check:
    """Whether a part is empty or lacks a class that others have (a problem), or has few rows of it (a warning)."""
    items = _parts(subject) + _classes(subject)
    numbers = {"rows from": float(FEW_ROWS), "rows of a class from": float(FEW_OF_CLASS)}
    if not items:
        return Check(NAME, Verdict.OK, "Every part, and every class in it, has enough rows.", numbers)
    verdict = worst([item.verdict for item in items])
    ranked = [item.name for item in items if item.verdict == verdict] or [item.name for item in items]
    what = "empty, or lacks a class" if verdict == Verdict.PROBLEM else "small"
    return answer(NAME, verdict, f"Too {what}: {names_text(ranked)}." if what == "small" else
                  f"A part is {what}: {names_text(ranked)}.", items=items, numbers=numbers)


def _parts(subject: Subject) -> list[Item]:
    items: dict[str, Item] = {}
    for number, round_ in enumerate(subject.some_rounds):
        for name, rows in round_.items():
            if len(rows) < FEW_ROWS:
                verdict = Verdict.WARNING if len(rows) else Verdict.PROBLEM
                label = subject.label(number, name)
                items[label] = Item(label, verdict, {"rows": float(len(rows))})
    return list(items.values())


def _classes(subject: Subject) -> list[Item]:
    import numpy as np

    if subject.target is None or not is_classes(subject.target):
        return []
    codes, labels = subject.target.codes, subject.target.labels
    items: dict[str, Item] = {}
    for number, round_ in enumerate(subject.some_rounds):
        subject.clock.tick()
        counts = {name: np.bincount(codes[rows][codes[rows] != MISSING], minlength=len(labels))
                  for name, rows in round_.items() if len(rows)}
        there = sum(counts.values(), start=np.zeros(len(labels), dtype=int)) > 0
        for name, counted in counts.items():
            for code in np.flatnonzero(there & (counted < FEW_OF_CLASS)).tolist():
                verdict = Verdict.WARNING if counted[code] else Verdict.PROBLEM
                label = f"class {labels[code]} in {subject.label(number, name)}"
                items[label] = Item(label, verdict, {"rows": float(counted[code])})
    return list(items.values())
