"""Features that alone predict the target: as a rule something that is not known when a prediction is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict, worst
from jupyter_mlversion.splits.checks.answer import answer, count_text, names_text, not_applicable
from jupyter_mlversion.splits.checks.feature_drift import some_columns
from jupyter_mlversion.splits.checks.features import MISSING, Kind
from jupyter_mlversion.splits.checks.statistics import rank_correlation
from jupyter_mlversion.splits.checks.target import is_classes

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.features import Column
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "target-leakage"
SUSPECT = 0.98
"""Score of a single feature from which it is a suspect."""

SURE = 0.995
"""Score from which it is a problem."""

FEWEST = 40
"""Rows below which nothing is said."""

BINS = 32


def check(subject: Subject) -> Check:
    """The score of each feature alone; 0.98 is a warning, 0.995 a problem.

    For classes: which share of the errors of always guessing the commonest class vanishes when the class is guessed
    from the feature's bin (Goodman and Kruskal's lambda, 1954). For quantities: the larger of Spearman's rho squared
    and the share of the variance that the means of 32 bins of equal size explain. Bins are learned on one half of the
    rows and judged on the other, and the other way round.
    """
    import numpy as np

    target = subject.target
    if subject.features is None or target is None:
        return not_applicable(NAME, "No target was named." if target is None else "The data has no columns.")
    rows = subject.sample(subject.used)
    values = target.codes if is_classes(target) else target.floats()
    known = values[rows] != MISSING if is_classes(target) else ~np.isnan(values[rows])
    rows = rows[known]
    if len(rows) < FEWEST or len(np.unique(values[rows])) < 2:  # noqa: PLR2004 - one value is predicted by anything
        return not_applicable(NAME, f"The target has one value only, or fewer than {FEWEST} rows.")
    half = np.random.default_rng(0).permutation(len(rows)) % 2 == 0
    items = []
    for place in some_columns(subject.features):
        column = subject.features.columns[place]
        subject.clock.tick()
        score = (_class_score if is_classes(target) else _quantity_score)(column, rows, values[rows], half)
        verdict = Verdict.PROBLEM if score >= SURE else Verdict.WARNING if score >= SUSPECT else Verdict.OK
        items.append(Item(column.name, verdict, {"score": score}))
    items.sort(key=lambda item: -item.numbers["score"])
    suspects = [item.name for item in items if item.verdict != Verdict.OK]
    sentence = (f"{count_text(len(suspects), 'feature')} alone {'predicts' if len(suspects) == 1 else 'predict'} the "
                f"target: {names_text(suspects)}." if suspects else
                f"No feature alone predicts the target; the best, {items[0].name}, scores "
                f"{items[0].numbers['score']:.2f}.")
    return answer(NAME, worst([item.verdict for item in items]), sentence, items=items,
                  numbers={"suspect from": SUSPECT, "problem from": SURE, "best": items[0].numbers["score"]},
                  sampled=len(rows) if len(rows) < len(subject.used) else 0)


def _bins(column: Column, rows: Any, learned: Any) -> Any:
    """The bin of each row: its category, or which of 32 quantiles of the `learned` rows; what is missing is bin 0."""
    import numpy as np

    if column.kind is Kind.CATEGORY:
        return column.codes[rows] - MISSING
    values = column.floats(rows)
    known = values[learned]
    known = known[~np.isnan(known)]
    if not len(known):
        return np.isnan(values).astype(np.int64)
    different = np.unique(known)
    edges = different
    if len(different) > BINS:
        edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="lower"))
    return np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values, side="right"))


def _class_score(column: Column, rows: Any, codes: Any, half: Any) -> float:
    import numpy as np

    right = base = 0
    classes = int(codes.max()) + 1
    for learned in (half, ~half):
        bins = _bins(column, rows, learned)
        _, bins = np.unique(bins, return_inverse=True)
        counts = np.bincount(bins[learned] * classes + codes[learned], minlength=(int(bins.max()) + 1) * classes)
        counts = counts.reshape(-1, classes)
        common = int(np.bincount(codes[learned], minlength=classes).argmax())
        guess = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), common)
        judged = ~learned
        right += int((guess[bins[judged]] == codes[judged]).sum())
        base += int((codes[judged] == common).sum())
    total = len(rows)
    return max(0.0, (right - base) / (total - base)) if total > base else 0.0


def _quantity_score(column: Column, rows: Any, values: Any, half: Any) -> float:
    import numpy as np

    unexplained = 0.0
    for learned in (half, ~half):
        _, bins = np.unique(_bins(column, rows, learned), return_inverse=True)
        sums = np.bincount(bins[learned], weights=values[learned], minlength=int(bins.max()) + 1)
        counts = np.bincount(bins[learned], minlength=len(sums))
        guess = np.where(counts > 0, sums / np.maximum(counts, 1), values[learned].mean())
        unexplained += float(((values[~learned] - guess[bins[~learned]]) ** 2).sum())
    total = float(((values - values.mean()) ** 2).sum())
    score = 1 - unexplained / total if total > 0 and np.isfinite(total) else 0.0
    if column.kind is not Kind.CATEGORY:
        found = column.floats(rows)
        known = ~np.isnan(found)
        if known.mean() > 0.5:  # noqa: PLR2004 - ranks of few rows would speak for all
            score = max(score, rank_correlation(found[known], values[known]) ** 2)
    return max(0.0, float(score))
