"""Nearest neighbours of some rows among many, in blocks."""

from __future__ import annotations

from typing import Any

_BLOCK = 64


def nearest_two(probes: Any, crowd: Any) -> tuple[Any, Any]:
    """The distances from each probe to its nearest and second nearest row of the crowd, itself left out.

    Parameters
    ----------
    probes : rows of `crowd` too.
    """
    import numpy as np

    squares = (crowd**2).sum(axis=1)
    firsts, seconds = [], []
    for start in range(0, len(probes), _BLOCK):
        block = probes[start : start + _BLOCK]
        rough = (block**2).sum(axis=1)[:, None] + squares[None, :] - 2 * (block @ crowd.T)
        nearest = np.argpartition(rough, min(3, rough.shape[1] - 1), axis=1)[:, :3]
        # The products above lose the small distances to rounding: the three candidates are measured again.
        exact = np.sqrt(((crowd[nearest] - block[:, None, :]) ** 2).sum(axis=2))
        exact.sort(axis=1)
        firsts.append(exact[:, 1])
        seconds.append(exact[:, 2])
    return np.concatenate(firsts), np.concatenate(seconds)


def nearest_beyond(probes: Any, crowd: Any, distance: float) -> Any:
    """The distance from each probe to its nearest row of the crowd farther away than `distance`; else infinite."""
    import numpy as np

    squares = (crowd**2).sum(axis=1)
    found = []
    for start in range(0, len(probes), _BLOCK):
        block = probes[start : start + _BLOCK]
        rough = (block**2).sum(axis=1)[:, None] + squares[None, :] - 2 * (block @ crowd.T)
        found.append(np.sqrt(np.where(rough > distance**2, rough, np.inf).min(axis=1)))
    return np.concatenate(found) if found else np.zeros(0)
