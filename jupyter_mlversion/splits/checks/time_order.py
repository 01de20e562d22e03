"""The future in the past: rows to learn from that are later than rows to be predicted."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, count_text, not_applicable

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "time-order"


def check(subject: Subject) -> Check:
    """Whether each part begins after the one before it ended; a row that is not is a problem.

    Equal times on both sides of a border count as early: which came first cannot be told.
    """
    import numpy as np

    if subject.times is None and not subject.ordered:
        return not_applicable(NAME, "Neither a time nor a strategy for time series was named.")
    times = np.arange(subject.count, dtype=float) if subject.times is None else subject.times.floats()
    if np.isnan(times).all():
        return not_applicable(NAME, "The times are all missing, or are no times.")
    early: list[Any] = []
    items = []
    for round_ in subject.rounds:
        subject.clock.tick()
        names = [name for name in round_ if len(round_[name])]
        for before, after in pairwise(names):
            first = np.nanmin(times[round_[after]]) if not np.isnan(times[round_[after]]).all() else np.inf
            late = round_[before][times[round_[before]] >= first]
            if len(late):
                early.append(late)
                items.append(Item(f"{before} → {after}", Verdict.PROBLEM, {"rows": float(len(late))}))
    missing = int(np.isnan(times).sum())
    numbers = {"without a time": missing}
    if not early:
        return Check(NAME, Verdict.OK, "Every part is later than the part before it.", {"without a time": missing})
    rows = np.unique(np.concatenate(early))
    sentence = (f"{count_text(len(rows), 'row')} of an earlier part {'is' if len(rows) == 1 else 'are'} not older than "
                f"the first of the next: the future is in the past.")
    return answer(NAME, Verdict.PROBLEM, sentence, rows=rows, items=items, numbers=numbers)
