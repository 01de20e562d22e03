"""Rows of different parts whose features are all equal.

Coarse values make rows equal by chance. Then about as many rows differ by one step in one column as are equal; where
rows were copied, far fewer do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, count_text, not_applicable
from jupyter_mlversion.splits.checks.features import Kind
from jupyter_mlversion.splits.checks.fingerprint import compared, same
from jupyter_mlversion.splits.checks.subject import NOWHERE
from jupyter_mlversion.splits.identity import identities

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "exact-duplicates"
MUCH = 0.01
"""Share of a part from which duplicates are a problem; below, a warning."""

FEW_DIFFERENT = 0.5
"""Share of different rows below which rows repeat by nature."""

STEPPED = 5
"""Columns in which a step is tried."""


def check(subject: Subject) -> Check:
    """Whether a row has an equal one in another part of its round: any is a warning, 1 % of a part a problem."""
    import numpy as np

    if subject.hashes is None:
        return not_applicable(NAME, "The data has no columns to compare.")
    different = len(np.unique(subject.hashes))
    if different < FEW_DIFFERENT * subject.count:
        return not_applicable(
            NAME, f"Rows repeat by nature: {different:,} different ones among {subject.count:,}.")
    found: dict[int, int] = {}
    share = 0.0
    for round_, places in zip(subject.some_rounds, subject.places, strict=True):
        subject.clock.tick()
        rows, twins = crossing(subject, places)
        if len(rows) and by_rounding(subject, places, len(rows)):
            return Check(NAME, Verdict.OK, f"{count_text(len(rows), 'row')} of one part equal one in another, as many "
                         "as differ by one step in one column: that is how coarse the values are.", {"share": 0.0})
        found.update(zip(rows.tolist(), twins.tolist(), strict=True))
        sizes = np.array([max(len(part), 1) for part in round_.values()])
        if len(rows):
            share = max(share, float((np.bincount(places[rows], minlength=len(sizes)) / sizes).max()))
    if not found:
        return Check(NAME, Verdict.OK, "No row has an equal one in another part.", {"share": 0.0})
    verdict = Verdict.PROBLEM if share >= MUCH else Verdict.WARNING
    items = [Item(f"row {row} = row {twin}", verdict, {"row": float(row), "twin": float(twin)})
             for row, twin in sorted(found.items())]
    have = "has" if len(found) == 1 else "have"
    sentence = (f"{count_text(len(found), 'row')} of one part {have} an equal one in another: "
                f"up to {share:.1%} of a part.")
    return answer(NAME, verdict, sentence, numbers={"share": share, "problem from": MUCH}, rows=sorted(found),
                  items=items)


def crossing(subject: Subject, places: Any) -> tuple[Any, Any]:
    """Rows, ascending, that have a twin in an earlier part, and that twin for each.

    Of parts that are equals (folds), rows of the later one are told.
    """
    import numpy as np

    used = np.flatnonzero(places != NOWHERE)
    order = used[np.lexsort((places[used], subject.hashes[used]))]
    sorted_hashes = subject.hashes[order]
    begins = np.flatnonzero(np.concatenate([[True], sorted_hashes[1:] != sorted_hashes[:-1]])) if len(order) else order
    lengths = np.diff(np.append(begins, len(order)))
    first = np.repeat(order[begins], lengths) if len(order) else order
    crosses = places[first] != places[order]
    rows, twins = order[crosses], first[crosses]
    equal = same(subject.content or subject.features, rows, twins)
    rows, twins = rows[equal], twins[equal]
    ascending = np.argsort(rows)
    return rows[ascending], twins[ascending]


def by_rounding(subject: Subject, places: Any, equal: int) -> bool:
    """Whether so many equal rows are no more than three times those that differ by one step in one column."""
    import numpy as np

    content = subject.content or subject.features
    if content is None:
        return False
    columns = compared(content)
    steps: list[int] = []
    for place, column in enumerate(columns):
        if column.kind is not Kind.NUMBER or len(steps) == STEPPED:
            continue
        subject.clock.tick()
        values = column.floats()
        different, at = np.unique(values, return_inverse=True)
        if len(different) > FEW_DIFFERENT * len(values) or len(different) < 2:  # noqa: PLR2004 - no step to take
            continue
        stepped = [other.values for other in columns]
        stepped[place] = different[np.minimum(at + 1, len(different) - 1)]
        moved = (at < len(different) - 1) & (places != NOWHERE)
        steps.append(_meeting(subject.hashes, identities(stepped, subject.count), places, moved))
    return bool(steps) and equal <= 3 * float(np.mean(steps)) + 1 and max(steps) > 0


def _meeting(hashes: Any, stepped: Any, places: Any, moved: Any) -> int:
    """Rows that, one step on, equal a row of another part."""
    import numpy as np

    used = np.flatnonzero(places != NOWHERE)
    order = used[np.argsort(hashes[used], kind="stable")]
    at = np.minimum(np.searchsorted(hashes[order], stepped), len(order) - 1)
    meets = moved & (hashes[order][at] == stepped) & (places[order[at]] != places)
    return int(meets.sum())
