"""The target is distributed otherwise in one part than in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict, worst
from jupyter_mlversion.splits.checks.answer import answer, names_text, not_applicable
from jupyter_mlversion.splits.checks.drift import LITTLE, MUCH, SIGNIFICANT, difference, judged
from jupyter_mlversion.splits.checks.features import MISSING
from jupyter_mlversion.splits.checks.statistics import corrected, stability
from jupyter_mlversion.splits.checks.target import is_classes

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "class-drift"


def check(subject: Subject) -> Check:
    """Chi-square for classes, Kolmogorov-Smirnov for quantities, with the stability index as the size of the effect."""
    target = subject.target
    if target is None:
        return not_applicable(NAME, "No target was named.")
    names, tests = [], []
    for name, rows, others in subject.sides():
        subject.clock.tick()
        names.append(name)
        one, two = (subject.sample(subject.apart(side)) for side in (rows, others))
        tests.append(difference(target, one, two, classes=is_classes(target)))
    if not tests:
        return not_applicable(NAME, "There is one part only.")
    raised = corrected([test.probability for test in tests])
    items = [Item(name, judged(test, p), {"p": p, "effect": test.effect, "psi": test.stability})
             for name, test, p in zip(names, tests, raised, strict=True)]
    items.sort(key=lambda item: -item.numbers["psi"])
    verdict = worst([item.verdict for item in items])
    numbers = {"p below": SIGNIFICANT, "effect from": LITTLE, "problem from psi": MUCH,
               "psi": max(item.numbers["psi"] for item in items)}
    if verdict == Verdict.OK:
        return answer(NAME, verdict, "The target is distributed alike in all parts.", numbers=numbers, items=items)
    bad = [item.name for item in items if item.verdict != Verdict.OK]
    most = _most_moved(subject) if is_classes(target) else ""
    return answer(NAME, verdict, f"The target is distributed otherwise in {names_text(bad)}{most}.",
                  numbers=numbers, items=items)


def _most_moved(subject: Subject) -> str:
    """The class whose share differs most, in words."""
    import numpy as np

    assert subject.target is not None  # noqa: S101 - asked before
    codes, labels = subject.target.codes, subject.target.labels

    def shares(rows: Any) -> Any:
        known = codes[rows][codes[rows] != MISSING]
        return np.bincount(known, minlength=len(labels)) / max(len(known), 1)

    name, rows, others = max(subject.sides(), key=lambda side: stability(shares(side[1]) * len(side[1]),
                                                                         shares(side[2]) * len(side[2])))
    here, there = shares(rows), shares(others)
    code = int(np.abs(here - there).argmax())
    return f"; class {labels[code]} is {here[code]:.1%} of {name} and {there[code]:.1%} of the rest"
