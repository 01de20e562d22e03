"""Features that are distributed otherwise in one part than in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import Check, Item, Verdict, worst
from jupyter_mlversion.splits.checks.answer import answer, count_text, names_text, not_applicable
from jupyter_mlversion.splits.checks.drift import LITTLE, MUCH, SIGNIFICANT, Difference, difference, judged
from jupyter_mlversion.splits.checks.statistics import corrected

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.features import Features
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "feature-drift"
MOST_FEATURES = 1000
"""Columns that are looked at, evenly chosen."""


def some_columns(features: Features) -> list[int]:
    """The places of the columns that are looked at."""
    count = len(features.columns)
    if count <= MOST_FEATURES:
        return list(range(count))
    return [place * (count - 1) // (MOST_FEATURES - 1) for place in range(MOST_FEATURES)]


def check(subject: Subject) -> Check:
    """Kolmogorov-Smirnov or chi-square for each feature, corrected for their number, with PSI as the effect's size."""
    if subject.features is None:
        return not_applicable(NAME, "The data has no columns to compare.")
    sides = [(name, subject.sample(subject.apart(rows)), subject.sample(subject.apart(others)), len(rows) + len(others))
             for name, rows, others in subject.sides()]
    if not sides:
        return not_applicable(NAME, "There is one part only.")
    found: list[tuple[str, str, Difference]] = []
    for place in some_columns(subject.features):
        column = subject.features.columns[place]
        subject.clock.tick()
        found += [(column.name, side, difference(column, one, two, classes=False)) for side, one, two, _ in sides]
    raised = corrected([test.probability for _, _, test in found])
    worst_of: dict[str, Item] = {}
    for (feature, side, test), p in zip(found, raised, strict=True):
        name = feature if len(sides) == 1 else f"{feature} in {side}"
        item = Item(name, judged(test, p), {"p": p, "effect": test.effect, "psi": test.stability})
        known = worst_of.get(feature)
        if known is None or _rank(item) > _rank(known):
            worst_of[feature] = item
    items = sorted(worst_of.values(), key=_rank, reverse=True)
    verdict = worst([item.verdict for item in items])
    looked = max(len(one) + len(two) for _, one, two, _ in sides)
    sampled = looked if looked < max(total for *_, total in sides) else 0
    numbers = {"p below": SIGNIFICANT, "effect from": LITTLE, "problem from psi": MUCH, "features": len(items),
               "drifting": sum(item.verdict != Verdict.OK for item in items)}
    bad = [item.name for item in items if item.verdict != Verdict.OK]
    sentence = (f"{count_text(len(bad), 'feature')} of {len(items):,} {'is' if len(bad) == 1 else 'are'} distributed "
                f"otherwise: {names_text(bad)}." if bad else
                f"All of {count_text(len(items), 'feature')} are distributed alike in all parts.")
    return answer(NAME, verdict, sentence, numbers=numbers, items=items, sampled=sampled)


def _rank(item: Item) -> tuple[bool, float, float]:
    return item.verdict != Verdict.OK, max(item.numbers["psi"], item.numbers["effect"]), -item.numbers["p"]
