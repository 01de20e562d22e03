"""The ways to deal rows out to parts; the same seed gives the same rows on every machine."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from jupyter_mlversion.errors import UsageError

STRATEGIES = ("random", "stratified")


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


def deal_random(count: int, sizes: Mapping[str, float], seed: int) -> dict[str, list[int]]:
    """Every row to one part, by chance."""
    rows = list(range(count))
    _shuffle(rows, random.Random(seed))  # noqa: S311  reproducible, not secret
    return _dealt([rows], sizes)


def deal_stratified(labels: Sequence[str], sizes: Mapping[str, float], seed: int) -> dict[str, list[int]]:
    """Every row to one part, by chance, each class in the same shares.

    Raises
    ------
    UsageError : a class has one row only.
    """
    groups: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        groups.setdefault(label, []).append(row)
    single = sorted(label for label, rows in groups.items() if len(rows) == 1)
    if single:
        message = f"stratified: the class {single[0]!r} has one row only" + (
            f", and so have {len(single) - 1} others" if len(single) > 1 else "")
        raise UsageError(message, hint="Join rare classes first, or use strategy='random'.")
    source = random.Random(seed)  # noqa: S311  reproducible, not secret
    ordered = [groups[label] for label in sorted(groups)]
    for rows in ordered:
        _shuffle(rows, source)
    return _dealt(ordered, sizes)


def _shuffle(rows: list[int], source: random.Random) -> None:
    """Fisher and Yates's way on `random()` alone, whose sequence Python promises to keep for a seed."""
    for last in range(len(rows) - 1, 0, -1):
        other = int(source.random() * (last + 1))
        rows[last], rows[other] = rows[other], rows[last]


def _dealt(groups: Sequence[Sequence[int]], sizes: Mapping[str, float]) -> dict[str, list[int]]:
    """Each group cut in the given shares; what rounding takes from one group is given back in the next."""
    shares = list(sizes.values())
    bounds = [math.fsum(shares[: place + 1]) for place in range(len(shares) - 1)]
    owed = [0.0] * len(bounds)
    parts: dict[str, list[int]] = {name: [] for name in sizes}
    for rows in groups:
        cuts = [0]
        for place, bound in enumerate(bounds):
            exact = bound * len(rows) + owed[place]
            cut = min(max(math.floor(exact + 0.5), cuts[-1]), len(rows))
            owed[place] = exact - cut
            cuts.append(cut)
        cuts.append(len(rows))
        for name, start, stop in zip(sizes, cuts, cuts[1:], strict=False):
            parts[name].extend(rows[start:stop])
    empty = [name for name, rows in parts.items() if not rows]
    if empty:
        message = f"the part {empty[0]!r} would be empty: there are too few rows for these sizes"
        raise UsageError(message)
    return {name: sorted(rows) for name, rows in parts.items()}
