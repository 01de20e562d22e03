"""As many points of a long series as its pixels can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indexes = NDArray[np.intp]


def sampled(
    xs: Floats, ys: Floats, width: int, first: float | None = None, last: float | None = None, *, log: bool = False
) -> Indexes:
    """Ascending indexes of the points that stay: of each pixel the first, the lowest, the highest and the last.

    A line through them covers the same pixels as one through all (Jugel et al., 2014, "M4: a visualization-oriented
    time series data aggregation"). A gap, which is what NaN and infinities leave, stays where it is as wide as a pixel.

    Parameters
    ----------
    xs, ys : of equal length, `xs` ascending and finite.
    width : pixels.
    first, last : the part of the x axis that is shown; a point on either side of it stays too.
    log : whether the x axis is logarithmic; `xs` and the part are above 0 then.
    """
    import numpy as np

    start, stop = _part(xs, first, last)
    if stop - start <= 2 * width:
        return np.arange(start, stop)
    shown, values = xs[start:stop], ys[start:stop]
    low = shown[0] if first is None else max(first, shown[0])
    high = shown[-1] if last is None else min(last, shown[-1])
    edges = np.geomspace(low, high, width + 1) if log else np.linspace(low, high, width + 1)
    cuts = np.searchsorted(shown, edges[1:-1], side="left")  # a point on an edge begins a pixel, as in `_gaps`
    finite = np.isfinite(values)
    kept = [_extremes(values, finite, cuts), _gaps(shown, finite, edges), np.array([0, len(shown) - 1])]
    return start + np.unique(np.concatenate(kept))


def _part(xs: Floats, first: float | None, last: float | None) -> tuple[int, int]:
    """The half-open range of the points in the part, and of one more on each side."""
    import numpy as np

    start = 0 if first is None else max(0, int(np.searchsorted(xs, first, side="left")) - 1)
    stop = len(xs) if last is None else min(len(xs), int(np.searchsorted(xs, last, side="right")) + 1)
    return start, max(start, stop)


def _extremes(values: Floats, finite: NDArray[np.bool_], cuts: Indexes) -> Indexes:
    """Of each pixel, the first and last number and the first of its lowest and of its highest."""
    import numpy as np

    numbers = np.flatnonzero(finite)
    if not numbers.size:
        return numbers
    starts = np.unique(np.searchsorted(numbers, np.concatenate([[0], cuts])))
    starts = starts[starts < numbers.size]
    lengths = np.diff(np.append(starts, numbers.size))
    found = values[numbers]
    kept = [starts, starts + lengths - 1]
    for reduced in (np.minimum.reduceat(found, starts), np.maximum.reduceat(found, starts)):
        at = np.flatnonzero(found == np.repeat(reduced, lengths))
        kept.append(at[np.searchsorted(at, starts)])
    return numbers[np.concatenate(kept)]


def _gaps(xs: Floats, finite: NDArray[np.bool_], edges: Floats) -> Indexes:
    """One point of each gap that is as wide as the pixel that it begins in."""
    import numpy as np

    changes = np.diff(finite.astype(np.int8), prepend=np.int8(1), append=np.int8(1))
    begins, ends = np.flatnonzero(changes == -1), np.flatnonzero(changes == 1)
    if not begins.size:
        return begins
    left, right = xs[np.maximum(begins - 1, 0)], xs[np.minimum(ends, len(xs) - 1)]
    pixel = np.clip(np.searchsorted(edges, left, side="right") - 1, 0, len(edges) - 2)
    return begins[right - left >= (edges[pixel + 1] - edges[pixel])]
