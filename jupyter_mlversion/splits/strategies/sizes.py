"""Shares of the rows, and rows cut into such shares."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jupyter_mlversion.errors import UsageError


def checked_sizes(sizes: Mapping[str, float] | None) -> dict[str, float]:
    """Part → share of the rows, checked.

    Raises
    ------
    UsageError : there is none, a share is no positive number, or they do not sum to 1.
    """
    if sizes is None:
        return {"train": 0.8, "test": 0.2}
    if not isinstance(sizes, Mapping) or not sizes:
        message = "sizes is a dictionary of part names and shares, for example {'train': 0.8, 'test': 0.2}"
        raise UsageError(message)
    for name, share in sizes.items():
        number = isinstance(share, (int, float)) and not isinstance(share, bool)
        if not isinstance(name, str) or not name or not number or not 0 < share <= 1:
            message = f"sizes: the part {name!r} has the share {share!r}; a number above 0 and up to 1 is needed"
            raise UsageError(message)
    total = math.fsum(sizes.values())
    if abs(total - 1) > 1e-6:  # noqa: PLR2004  thirds written with six digits are meant to be thirds
        message = f"sizes: the shares sum to {total:g}, not to 1"
        raise UsageError(message, hint="Name every part, the rest included.")
    return {name: float(share) for name, share in sizes.items()}


class Shuffler:
    """Fisher and Yates's way on `random()` alone, whose sequence Python promises to keep for a seed.

    NumPy's older generator is the same Mersenne twister and draws the same numbers, many at once.
    """

    def __init__(self, seed: int) -> None:
        state = random.Random(seed).getstate()[1]  # noqa: S311 - reproducible, not secret
        self._source = np.random.RandomState()
        self._source.set_state(("MT19937", np.array(state[:-1], dtype=np.uint32), state[-1], 0, 0.0))

    def shuffle(self, rows: Any) -> Any:
        """`rows` in another order, as an array."""
        listed = rows.tolist()
        last = np.arange(len(listed) - 1, 0, -1)
        others = (self._source.random_sample(len(last)) * (last + 1)).astype(np.int64)
        for here, there in zip(last.tolist(), others.tolist(), strict=True):
            listed[here], listed[there] = listed[there], listed[here]
        return np.array(listed, dtype=np.intp)


def cut(groups: Sequence[Any], sizes: Mapping[str, float]) -> dict[str, Any]:
    """Each group of rows cut in the given shares; what rounding takes from one group is given back in the next.

    Raises
    ------
    UsageError : a part would be empty.
    """
    shares = list(sizes.values())
    bounds = [math.fsum(shares[: place + 1]) for place in range(len(shares) - 1)]
    parts: dict[str, list[Any]] = {name: [] for name in sizes}
    owed = [0.0] * len(bounds)
    for rows in groups:
        cuts = [0]
        for place, bound in enumerate(bounds):
            exact = bound * len(rows) + owed[place]
            where = min(max(math.floor(exact + 0.5), cuts[-1]), len(rows))
            owed[place] = exact - where
            cuts.append(where)
        cuts.append(len(rows))
        for name, start, stop in zip(sizes, cuts, cuts[1:], strict=False):
            parts[name].append(rows[start:stop])
    return not_empty({name: np.sort(np.concatenate(rows)) for name, rows in parts.items()})


def not_empty(parts: dict[str, Any]) -> dict[str, Any]:
    """`parts`, none of which may be without rows.

    Raises
    ------
    UsageError : one is.
    """
    empty = [name for name, rows in parts.items() if not len(rows)]
    if empty:
        message = f"the part {empty[0]!r} would be empty: there are too few rows for these sizes"
        raise UsageError(message, hint="Give it a larger share, or more rows.")
    return parts
