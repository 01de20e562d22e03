"""Which row of one table is which row of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Row numbers, ascending in the second table.

    Parameters
    ----------
    before, after : of the rows that are in both, pair by pair.
    removed : of those that only the first table has.
    added : of those that only the second one has.
    """

    before: Any
    after: Any
    removed: Any
    added: Any


def by_key(before: Any, after: Any) -> Alignment:
    """Rows with the same key are the same row; keys are hashes, each once in a table."""
    return _alignment(len(before), len(after), *_common(before, after))


def by_content(before: Any, after: Any) -> Alignment:
    """Rows with the same hash are the same row, wherever they stand, as often as both tables have it.

    Of the others, those that follow the same row are paired in order: that is a row of which something was changed.
    Where nothing is the same, this pairs the rows by their place.

    Parameters
    ----------
    before, after : a hash for each row, of all that it holds.
    """
    same_before, same_after = _common(_told_apart(before), _told_apart(after))
    partner = np.full(len(before), -1, dtype=np.int64)
    partner[same_before] = same_after
    places = np.full(len(after), -1, dtype=np.int64)
    places[same_after] = same_after
    left, right = np.flatnonzero(partner < 0), np.flatnonzero(places < 0)
    changed_left, changed_right = _common(_in_gaps(partner, left), _in_gaps(places, right))
    return _alignment(len(before), len(after), np.concatenate((same_before, left[changed_left])),
                      np.concatenate((same_after, right[changed_right])))


def rows_hash(hashes: Any) -> Any:
    """One hash for each row of an array of rows by columns."""
    out = np.full(len(hashes), _ODD, dtype=np.uint64)
    for place in range(hashes.shape[1]):
        value = hashes[:, place]
        out ^= value ^ (value >> _HALF)
        out *= _MIX
        out ^= out >> _HALF
        out += _ODD
    return out


def _alignment(rows_before: int, rows_after: int, before: Any, after: Any) -> Alignment:
    order = np.argsort(after, kind="stable")
    before, after = before[order], after[order]
    return Alignment(before, after, _others(rows_before, before), _others(rows_after, after))


def _others(count: int, known: Any) -> Any:
    free = np.ones(count, dtype=bool)
    free[known] = False
    return np.flatnonzero(free)


def _common(before: Any, after: Any) -> tuple[Any, Any]:
    """Places of the values, each once in an array, that both arrays have."""
    _, left, right = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    return left, right


def _told_apart(hashes: Any) -> Any:
    """`hashes`, those that are there several times made different by counting them."""
    return rows_hash(np.stack((hashes, _ranks(hashes)), axis=1)) if len(hashes) else hashes


def _in_gaps(partner: Any, left: Any) -> Any:
    """For each of the rows `left`, a number for the paired row before it and how many of them follow that one."""
    known = np.maximum.accumulate(np.where(partner >= 0, np.arange(len(partner)), -1))
    gap = np.where(known >= 0, partner[known], -1)[left]
    return _told_apart((gap + 1).astype(np.uint64))


def _ranks(values: Any) -> Any:
    """How often each value was there before, in the order given."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    starts = np.maximum.accumulate(np.where(first, np.arange(len(values)), 0))
    ranks = np.empty(len(values), dtype=np.uint64)
    ranks[order] = (np.arange(len(values)) - starts).astype(np.uint64)
    return ranks
