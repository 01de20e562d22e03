"""Whether a column is distributed otherwise on one side than on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.splits.checks.features import MISSING, Kind
from jupyter_mlversion.splits.checks.statistics import chi_square, ks_distance, ks_probability, stability

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.features import Column

SIGNIFICANT = 0.005
"""Probability, corrected for the number of questions, below which chance is no explanation."""

LITTLE = 0.1
"""Size of the effect (Kolmogorov-Smirnov distance, Cramér's V, or PSI) from which it is a warning."""

MUCH = 0.25
"""PSI from which it is a problem."""

BINS = 10
FEWEST = 8
"""Rows of a side below which nothing can be said."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one side differs from the other.

    Parameters
    ----------
    probability : of so large a difference by chance.
    effect : Kolmogorov-Smirnov distance, or Cramér's V: 0 none, 1 full.
    stability : the population stability index.
    """

    probability: float
    effect: float
    stability: float


NONE = Difference(1.0, 0.0, 0.0)


def difference(column: Column, one: Any, two: Any, *, classes: bool) -> Difference:
    """How the rows `one` of the column differ from the rows `two`; what is missing counts as a class of its own.

    Parameters
    ----------
    classes : whether values are names rather than quantities.
    """
    import numpy as np

    if min(len(one), len(two)) < FEWEST:
        return NONE
    if classes or column.kind is Kind.CATEGORY:
        counts = np.stack([np.bincount(column.codes[rows] - MISSING, minlength=len(column.labels) + 1)
                           for rows in (one, two)])
        probability, strength = chi_square(counts)
        return Difference(probability, strength, _stability(counts))
    first, second = column.floats(one), column.floats(two)
    gaps = np.array([[np.isnan(values).sum(), (~np.isnan(values)).sum()] for values in (first, second)])
    missing_probability, missing_strength = chi_square(gaps)
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(len(first), len(second)) < FEWEST:
        return Difference(missing_probability, missing_strength, _stability(gaps))
    distance = ks_distance(first, second)
    probability = ks_probability(distance, len(first), len(second))
    counts = np.concatenate([_binned(first, second), gaps[:, :1]], axis=1)
    # Two questions were asked of the column, of its values and of its gaps.
    return Difference(min(1.0, 2 * min(probability, missing_probability)), max(distance, missing_strength),
                      _stability(counts))


def judged(found: Difference, probability: float) -> Verdict:
    """What a difference comes to: `probability` is its own, corrected."""
    if probability >= SIGNIFICANT or max(found.effect, found.stability) < LITTLE:
        return Verdict.OK
    return Verdict.PROBLEM if found.stability >= MUCH else Verdict.WARNING


def _stability(counts: Any) -> float:
    counts = counts[:, counts.sum(axis=0) > 0]
    return stability(counts[1], counts[0])


def _binned(first: Any, second: Any) -> Any:
    """Counts in ten bins that hold equally many of the second sample (the larger one, mostly the training rows)."""
    import numpy as np

    edges = np.unique(np.quantile(second, np.arange(1, BINS) / BINS, method="lower"))
    return np.stack([np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
                     for values in (first, second)])
