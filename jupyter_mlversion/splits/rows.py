"""Rows found again: which rows of some data are those of other data, by what they contain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of before are now.

    Parameters
    ----------
    where : for each row of before its number now; -1 for one that is gone.
    moved : numbers now, ascending, of rows that were at another place before.
    new : numbers now, ascending, of rows that were not there before.
    gone : numbers of before, ascending, of rows that are not there now.
    """

    where: Any
    moved: Any
    new: Any
    gone: Any

    def __repr__(self) -> str:
        kept = len(self.where) - len(self.gone)
        return f"<rows: {kept} found, {len(self.moved)} of them moved, {len(self.new)} new, {len(self.gone)} gone>"


def found_again(before: Any, now: Any) -> Rows:
    """The rows with the identities `before` among those with the identities `now`.

    Of rows that are the same, the first is taken for the first, the second for the second.
    """
    _, there, here = np.intersect1d(_numbered(before), _numbered(now), assume_unique=True, return_indices=True)
    where = np.full(len(before), -1, dtype=np.intp)
    where[there] = here
    new = np.ones(len(now), dtype=bool)
    new[here] = False
    return Rows(where, np.sort(here[there != here]), np.flatnonzero(new), np.flatnonzero(where < 0))


def same_numbers(before: int, now: int) -> Rows:
    """The same where rows have no content: row for row, by number."""
    both = np.arange(min(before, now))
    where = np.full(before, -1, dtype=np.intp)
    where[: len(both)] = both
    nothing = np.zeros(0, dtype=np.intp)
    return Rows(where, nothing, np.arange(len(both), now), np.arange(len(both), before))


def _numbered(identities: Any) -> Any:
    """Identities that are all different: the n-th of the same ones has n steps added."""
    order = np.argsort(identities, kind="stable")
    ordered = identities[order]
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    numbered = np.empty_like(identities)
    numbered[order] = ordered + (np.arange(len(ordered)) - starts).astype(np.uint64) * _STEP
    return numbered
