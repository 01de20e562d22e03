"""Fewer points that look the same."""

from __future__ import annotations

import math
from typing import TypeVar

X = TypeVar("X")

MOST_POINTS = 5000
"""Points that a trace may have."""


def thinned(xs: list[X], ys: list[float], most: int = MOST_POINTS) -> tuple[list[X], list[float | None]]:
    """At most `most` of the points: the lowest and the highest of each of equal buckets, and the two ends.

    NaN and infinities become None, a gap in the line; a bucket that holds a gap and numbers keeps its numbers.
    """
    if len(ys) <= most:
        return xs, [_gap(y) for y in ys]
    kept = _kept(ys, max(1, (most - 2) // 2))
    return [xs[i] for i in kept], [_gap(ys[i]) for i in kept]


def _kept(ys: list[float], buckets: int) -> list[int]:
    """Ascending indexes of the points that stay."""
    last = len(ys) - 1
    kept = {0, last}
    for bucket in range(buckets):
        start, stop = bucket * len(ys) // buckets, (bucket + 1) * len(ys) // buckets
        numbers = [i for i in range(start, stop) if math.isfinite(ys[i])]
        kept.update((min(numbers, key=ys.__getitem__), max(numbers, key=ys.__getitem__)) if numbers else (start,))
    return sorted(kept)


def _gap(y: float) -> float | None:
    return y if math.isfinite(y) else None
