"""Members of one group in different parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, count_text, names_text, not_applicable
from jupyter_mlversion.splits.checks.features import MISSING
from jupyter_mlversion.splits.checks.subject import NOWHERE

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "groups-apart"


def check(subject: Subject) -> Check:
    """Whether a group has rows in two parts of one round; any such group is a problem."""
    import numpy as np

    if subject.groups is None:
        return not_applicable(NAME, "No groups were named.")
    codes, labels = subject.groups.codes, subject.groups.labels
    torn = np.zeros(len(labels), dtype=bool)
    for places in subject.places:
        subject.clock.tick()
        inside = (places != NOWHERE) & (codes != MISSING)
        low, high = np.full(len(labels), np.iinfo(np.int32).max), np.full(len(labels), NOWHERE)
        np.minimum.at(low, codes[inside], places[inside])
        np.maximum.at(high, codes[inside], places[inside])
        torn |= (high != NOWHERE) & (low != high)
    if not torn.any():
        return Check(NAME, Verdict.OK, f"Each of {count_text(len(labels), 'group')} is in one part only.",
                     {"groups": float(len(labels))})
    rows = np.flatnonzero(torn[codes] & (codes != MISSING))
    sizes = np.bincount(codes[rows], minlength=len(labels))
    split = sorted(np.flatnonzero(torn).tolist(), key=lambda code: -sizes[code])
    items = [Item(labels[code], Verdict.PROBLEM, {"rows": float(sizes[code])}) for code in split]
    sentence = (f"{count_text(len(split), 'group')} of {len(labels):,} {'has' if len(split) == 1 else 'have'} rows "
                f"in more than one part: {names_text([labels[code] for code in split])}.")
    return answer(NAME, Verdict.PROBLEM, sentence, rows=rows, items=items,
                  numbers={"groups": len(labels), "torn": len(split)})
