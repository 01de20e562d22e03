"""The same row in two parts of one round."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, rows_text

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "shared-rows"


def check(subject: Subject) -> Check:
    """Whether a row number is in two parts that are used together; any such row is a problem."""
    import numpy as np

    shared, items = [], []
    for round_ in subject.rounds:
        subject.clock.tick()
        counted = np.zeros(subject.count, dtype=np.int32)
        for rows in round_.values():
            counted[rows] += 1  # a row that is twice in one part counts once
        if not (counted > 1).any():
            continue
        shared.append(np.flatnonzero(counted > 1))
        for one, two in combinations(round_, 2):
            both = np.intersect1d(round_[one], round_[two])
            if len(both):
                items.append(Item(f"{one} and {two}", Verdict.PROBLEM, {"rows": float(len(both))}))
    if not shared:
        return Check(NAME, Verdict.OK, "No row is in two parts.")
    rows = np.unique(np.concatenate(shared))
    sentence = f"{rows_text(len(rows))} in more than one part."
    return answer(NAME, Verdict.PROBLEM, sentence, rows=rows, items=items)
