"""Strips and histograms of a split, so that its pictures need no data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.summary import Histogram, Strip, Summary
from jupyter_mlversion.splits.checks import Column, Kind, TimeOver
from jupyter_mlversion.splits.codes import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlversion.splits.checks import Subject

STRETCHES = 100
"""Stretches of the data in a strip."""

MOST_STRIPS = 20
MOST_FEATURES = 100
BINS = 20
MOST_LABELS = 20
"""Categories that have a bin of their own."""

OTHER = "other"


def summary_of(subject: Subject) -> Summary:
    """The summary; columns for which the clock has no time left are left out."""
    histograms: list[Histogram] = []
    round_ = _compared(subject)
    sample = {name: subject.sample(rows) for name, rows in round_.items()}
    columns = [] if subject.features is None else subject.features.columns
    target = None
    try:
        target = None if subject.target is None else _histogram(subject.target, sample)
        for column in columns[:MOST_FEATURES]:
            subject.clock.tick()
            histograms.append(_histogram(column, sample))
    except TimeOver:
        pass  # pictures of the first columns are better than none
    counted = sum(map(len, sample.values()))
    return Summary(
        subject.count, tuple(_strips(subject)), tuple(histograms), len(columns), target,
        _along(subject.target, subject.count), _along(subject.groups, subject.count),
        sampled=counted if counted < sum(map(len, round_.values())) else 0,
        parts=tuple(dict.fromkeys(name for one in subject.rounds[:MOST_STRIPS] for name in one)), shown=tuple(round_),
    )


def _compared(subject: Subject) -> Mapping[str, Any]:
    """The parts whose distributions are shown: those of the only round, or what each round tests on."""
    if len(subject.rounds) == 1:
        return subject.rounds[0]
    return {f"fold {number}": round_["test"] for number, round_ in enumerate(subject.rounds[:MOST_STRIPS], 1)
            if "test" in round_}


def _strips(subject: Subject) -> list[Strip]:
    import numpy as np

    stretches = min(STRETCHES, subject.count)
    at = np.arange(subject.count) * stretches // subject.count
    sizes = np.bincount(at, minlength=stretches)
    several = len(subject.rounds) > 1
    return [
        Strip(f"fold {number}" if several else "", {
            name: tuple(np.round(np.bincount(at[rows], minlength=stretches) / sizes, 3).tolist())
            for name, rows in round_.items()
        })
        for number, round_ in enumerate(subject.rounds[:MOST_STRIPS], 1)
    ]


def _along(column: Column | None, count: int) -> tuple[int, ...]:
    """The most frequent code of each stretch."""
    import numpy as np

    if column is None or len(column.labels) > 10 * MOST_LABELS:
        return ()
    stretches = min(STRETCHES, count)
    bounds = -(-np.arange(stretches + 1) * count // stretches)
    return tuple(int(np.bincount(column.codes[start:stop] - MISSING).argmax()) + MISSING
                 for start, stop in pairwise(bounds))


def _histogram(column: Column, parts: Mapping[str, Any]) -> Histogram:
    import numpy as np

    if column.kind is Kind.CATEGORY:
        return _of_categories(column, parts)
    values = {name: column.floats(rows) for name, rows in parts.items()}
    known = {name: found[np.isfinite(found)] for name, found in values.items()}
    both = np.concatenate(list(known.values())) if known else np.zeros(0)
    missing = {name: len(values[name]) - len(known[name]) for name in parts}
    if not len(both):
        return Histogram(column.name, counts=dict.fromkeys(parts, ()), missing=missing)
    edges = _edges(both)
    return Histogram(column.name, tuple(edges.tolist()), counts={
        name: tuple(np.histogram(np.clip(found, edges[0], edges[-1]), edges)[0].tolist())
        for name, found in known.items()}, missing=missing)


def _edges(values: Any) -> Any:
    """Twenty bins from the 0.5th to the 99.5th percentile, with what is beyond; or one for each whole number."""
    import numpy as np

    low, high = np.quantile(values, [0.005, 0.995])
    different = np.unique(values)
    if len(different) <= BINS and np.array_equal(different, np.round(different)) and np.ptp(different) < 2 * BINS:
        return np.arange(different[0] - 0.5, different[-1] + 1)
    if not high > low:
        low, high = values.min(), values.max()
    return np.linspace(low, high, BINS + 1) if high > low else np.array([low - 0.5, low + 0.5])


def _of_categories(column: Column, parts: Mapping[str, Any]) -> Histogram:
    import numpy as np

    counted = {name: np.bincount(column.codes[rows] - MISSING, minlength=len(column.labels) + 1)
               for name, rows in parts.items()}
    total = sum(counts[1:] for counts in counted.values())
    order = np.argsort(-total, kind="stable") if len(column.labels) else np.zeros(0, dtype=int)
    kept, rest = order[:MOST_LABELS], order[MOST_LABELS:]
    labels = [column.labels[code] for code in kept] + ([OTHER] if len(rest) else [])
    return Histogram(column.name, labels=tuple(labels), counts={
        name: (*(int(counts[1 + code]) for code in kept), *([int(counts[1 + rest].sum())] if len(rest) else []))
        for name, counts in counted.items()}, missing={name: int(counts[0]) for name, counts in counted.items()})
