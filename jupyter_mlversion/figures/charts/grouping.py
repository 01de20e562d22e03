"""Several runs as one line with a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlversion.figures.charts.options import Band

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of several runs, with what lies around it; all of equal length."""

    xs: Floats
    means: Floats
    lows: Floats
    highs: Floats


def mean_of(lines: Sequence[tuple[Floats, Floats]], width: int, band: Band, *, log: bool = False) -> Mean:
    """The mean of the runs that are under way at each place, over at most `width` places.

    Where there are few enough x values in all, these are the places; else equal parts of the x axis, at their middle. A
    run has, at a place, the mean of its values there; between its values it is taken to go straight.

    Parameters
    ----------
    lines : x values, ascending, and y values of each run.
    band : one standard deviation of these runs (not of a sample) to both sides, or the least and the largest of them.
    log : whether the places stand evenly on a logarithmic axis.
    """
    import numpy as np

    finite = [(xs[np.isfinite(ys)], ys[np.isfinite(ys)]) for xs, ys in lines]
    finite = [(xs, ys) for xs, ys in finite if xs.size]
    if not finite:
        nothing = np.empty(0)
        return Mean(nothing, nothing, nothing, nothing)
    places, condensed = _places(finite, width, log=log)
    at = np.stack([np.interp(places, xs, ys, left=np.nan, right=np.nan) for xs, ys in condensed])
    held = np.isfinite(at)
    count = held.sum(axis=0)
    means = np.where(held, at, 0.0).sum(axis=0) / count
    if band == "range":
        return Mean(places, means, np.where(held, at, np.inf).min(axis=0), np.where(held, at, -np.inf).max(axis=0))
    spread = np.sqrt(np.where(held, (at - means) ** 2, 0.0).sum(axis=0) / count)
    return Mean(places, means, means - spread, means + spread)


def _places(lines: list[tuple[Floats, Floats]], width: int, *, log: bool
            ) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """Where the mean is taken, and each run with one value at each of its places."""
    import numpy as np

    values = np.unique(np.concatenate([xs for xs, _ in lines]))
    if values.size <= width:
        return values, [_condensed(xs, ys) for xs, ys in lines]
    low, high = values[0], values[-1]
    edges = np.geomspace(low, high, width + 1) if log else np.linspace(low, high, width + 1)
    middles = np.sqrt(edges[:-1] * edges[1:]) if log else (edges[:-1] + edges[1:]) / 2
    binned = [(middles[np.clip(np.searchsorted(edges, xs, side="right") - 1, 0, width - 1)], ys) for xs, ys in lines]
    places = np.unique(np.concatenate([xs for xs, _ in binned]))
    return places, [_condensed(xs, ys) for xs, ys in binned]


def _condensed(xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """The mean at each x."""
    import numpy as np

    places, starts = np.unique(xs, return_index=True)
    return places, np.add.reduceat(ys, starts) / np.diff(np.append(starts, xs.size))
