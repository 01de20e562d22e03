"""A line without its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_DECAY = 200.0
"""Powers of e by which weights within one block differ at the most: far from what a float cannot hold."""


def smoothed(xs: Floats, ys: Floats, weight: float) -> Floats:
    """The exponential moving average of `ys`, without the bias of its beginning.

    With points at equal distances it is what TensorBoard draws:
    ``s[i] = weight · s[i - 1] + (1 - weight) · y[i]``, divided by ``1 - weight ** (i + 1)`` (Kingma and Ba, 2015,
    "Adam", section 3). In general it is the weighted mean of all values up to this one, where a value's weight is
    ``weight ** (distance / median distance)``: a pause counts as the points that it left out.

    Parameters
    ----------
    xs, ys : of equal length, `xs` ascending; what is not finite in `ys` is left out and stays as it is.
    weight : at least 0, less than 1.
    """
    import numpy as np

    if weight == 0 or len(ys) == 0:
        return ys
    numbers = np.flatnonzero(np.isfinite(ys))
    result = ys.copy()
    if numbers.size:
        scale = float(np.max(np.abs(ys[numbers]))) or 1.0
        result[numbers] = _average(ys[numbers] / scale, _decays(xs, weight)[numbers]) * scale
    return result


def _decays(xs: Floats, weight: float) -> Floats:
    """How far each point is from the first, in powers of e by which the first one's weight fell."""
    import numpy as np

    distances = np.diff(xs, prepend=xs[:1])
    steps = distances[1:][distances[1:] > 0]
    usual = float(np.median(steps)) if steps.size else 1.0
    relative = np.where(distances > 0, distances / usual, 1.0)  # values of one step are values one after the other
    relative[0] = 0.0
    return np.cumsum(relative * -np.log(weight))


def _average(ys: Floats, decays: Floats) -> Floats:
    """Weighted means, block by block: within one, all weights are powers that a float can hold."""
    import numpy as np

    result = np.empty_like(ys)
    total = weights = last = 0.0
    start = 0
    while start < len(ys):
        stop = max(start + 1, int(np.searchsorted(decays, decays[start] + _DECAY, side="right")))
        powers = np.exp(decays[start:stop] - decays[start])
        carried = float(np.exp(last - decays[start])) if start else 0.0
        totals = np.cumsum(powers * ys[start:stop]) + carried * total
        of_weights = np.cumsum(powers) + carried * weights
        result[start:stop] = totals / of_weights
        total, weights, last = totals[-1] / powers[-1], of_weights[-1] / powers[-1], float(decays[stop - 1])
        start = stop
    return result
