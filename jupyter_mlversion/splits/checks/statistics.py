"""The few tests that the checks need, on NumPy and the standard library.

Each formula names its source; `tests/unit/splits/checks` holds them against SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

_ENOUGH = 5.0
"""Cochran's rule: a cell of a contingency table should expect five rows."""

_TINY = 1e-300


def ks_distance(first: Any, second: Any) -> float:
    """The largest distance between the distribution functions of two samples without NaN (Smirnov 1939)."""
    import numpy as np

    first, second = np.sort(first), np.sort(second)
    both = np.concatenate([first, second])
    above = np.searchsorted(first, both, side="right") / len(first)
    below = np.searchsorted(second, both, side="right") / len(second)
    return float(np.abs(above - below).max())


def ks_probability(distance: float, first: int, second: int) -> float:
    """How likely `distance` or more is between two samples of one distribution, of `first` and `second` rows.

    Kolmogorov's limit with Stephens's correction for finite samples (M. A. Stephens, J. R. Stat. Soc. B 32, 1970).
    """
    size = math.sqrt(first * second / (first + second))
    scaled = (size + 0.12 + 0.11 / size) * distance
    if scaled < 0.2:  # noqa: PLR2004 - the series converges too slowly there, and is 1 to twelve digits
        return 1.0
    total = sum((1 if term % 2 else -1) * math.exp(-2.0 * (term * scaled) ** 2) for term in range(1, 101))
    return min(1.0, max(0.0, 2.0 * total))


def chi_square(counts: Any) -> tuple[float, float]:
    """Pearson's test of a contingency table: how likely it is by chance, and Cramér's V (0 no relation, 1 a full one).

    Columns whose cells expect fewer than five rows are joined first (Cochran 1954). A table with one row or column
    left says nothing: (1, 0).

    Parameters
    ----------
    counts : array of whole numbers, a row for each part and a column for each class.
    """
    import numpy as np

    counts = _joined(np.asarray(counts, dtype=float))
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    rows, columns = counts.shape
    if min(rows, columns) < 2:  # noqa: PLR2004 - nothing to compare
        return 1.0, 0.0
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    statistic = float(((counts - expected) ** 2 / expected).sum())
    strength = math.sqrt(statistic / total / (min(rows, columns) - 1))
    return chi_square_probability(statistic, (rows - 1) * (columns - 1)), strength


def _joined(counts: Any) -> Any:
    import numpy as np

    total = counts.sum()
    if total == 0:
        return counts
    least = counts.sum(axis=0) * counts.sum(axis=1).min() / total
    rare = least < _ENOUGH
    if not rare.any():
        return counts
    kept = [counts[:, ~rare], counts[:, rare].sum(axis=1, keepdims=True)]
    joined = np.concatenate(kept, axis=1)
    if joined.shape[1] > 1 and joined[:, -1].sum() * joined.sum(axis=1).min() / total < _ENOUGH:
        joined = np.concatenate([joined[:, :-2], joined[:, -2:].sum(axis=1, keepdims=True)], axis=1)
    return joined


def chi_square_probability(statistic: float, freedom: int) -> float:
    """The upper tail of the chi-square distribution: Q(freedom/2, statistic/2), the incomplete gamma function.

    Below the mean the series (NIST DLMF 8.11.4), above it the continued fraction (8.9.2) by Lentz's method.
    """
    shape, place = freedom / 2.0, statistic / 2.0
    if place <= 0:
        return 1.0
    scale = math.exp(shape * math.log(place) - place - math.lgamma(shape))
    if place < shape + 1:
        return max(0.0, 1.0 - scale * _series(shape, place))
    return min(1.0, scale * _fraction(shape, place))


def _series(shape: float, place: float) -> float:
    term = total = 1.0 / shape
    for step in range(1, 10_000):
        term *= place / (shape + step)
        total += term
        if term < total * 1e-15:
            break
    return total


def _fraction(shape: float, place: float) -> float:
    low = place + 1.0 - shape
    ratio, value = 1.0 / _TINY, 1.0 / (low or _TINY)
    result = value
    for step in range(1, 10_000):
        factor = -step * (step - shape)
        low += 2.0
        value = 1.0 / ((factor * value + low) or _TINY)
        ratio = (low + factor / ratio) or _TINY
        change = value * ratio
        result *= change
        if abs(change - 1.0) < 1e-15:  # noqa: PLR2004 - as exact as floats are
            break
    return result


def stability(reference: Any, other: Any) -> float:
    """The population stability index of two histograms: Σ (b - a)·ln(b/a) over the shares a, b of each bin.

    E. M. Lewis, *An Introduction to Credit Scoring* (1994); below 0.1 little, above 0.25 much (N. Siddiqi,
    *Credit Risk Scorecards*, 2006). Half a row is added to each bin, so that empty ones stay finite.
    """
    import numpy as np

    first, second = np.asarray(reference, dtype=float) + 0.5, np.asarray(other, dtype=float) + 0.5
    first, second = first / first.sum(), second / second.sum()
    return float(((second - first) * np.log(second / first)).sum())


def corrected(probabilities: Sequence[float]) -> list[float]:
    """Each probability, raised for the number of questions asked at once (S. Holm, Scand. J. Stat. 6, 1979)."""
    order = sorted(range(len(probabilities)), key=probabilities.__getitem__)
    raised = [1.0] * len(probabilities)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, probabilities[place] * (len(order) - rank)))
        raised[place] = highest
    return raised


def rank_correlation(first: Any, second: Any) -> float:
    """Spearman's rho of two samples without NaN, ties sharing their mean rank; 0 where one is constant."""
    import numpy as np

    ranks = [_ranks(values) for values in (first, second)]
    one, two = (rank - rank.mean() for rank in ranks)
    size = math.sqrt(float(one @ one) * float(two @ two))
    return float(one @ two) / size if size > 0 and np.isfinite(size) else 0.0


def _ranks(values: Any) -> Any:
    import numpy as np

    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[inverse]
