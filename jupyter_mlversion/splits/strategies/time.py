"""Splits of time series: no training row is as late as a test row of its fold.

Rows of the same moment are never separated: a border that would do so moves to where that moment begins. Without ties
the folds of `expanding` are those of scikit-learn's `TimeSeriesSplit`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.columns import array_of
from jupyter_mlversion.splits.fold import Fold
from jupyter_mlversion.splits.strategies.sizes import not_empty

if TYPE_CHECKING:
    from jupyter_mlversion.splits.strategies.order import Order


def moments_of(values: Any, count: int) -> Any:
    """The time of each row as a number.

    Numbers, dates and times count as such; text is read as numbers if all of it can be, else as ISO 8601: as text,
    "10" would come before "9".

    Raises
    ------
    UsageError : there is not one for each row, one is missing, or they are no times.
    """
    array = array_of(values)
    if len(array) != count:
        message = f"the time has {len(array)} rows, the data has {count}"
        raise UsageError(message, hint="Give one time for each row.")
    if array.dtype.kind in "mM":
        lost, numbers = np.isnat(array), array.astype("M8[ns]" if array.dtype.kind == "M" else "m8[ns]").view(np.int64)
    elif array.dtype.kind in "iufb":
        lost, numbers = np.isnan(array) if array.dtype.kind == "f" else np.zeros(count, dtype=bool), array
    else:
        lost, numbers = _read(array)
    if lost.any():
        rows = np.flatnonzero(lost)
        message = f"the time is missing in {len(rows)} rows, the first is row {rows[0]}"
        raise UsageError(message, hint="Drop these rows, or fill in the time.")
    return numbers


def _read(array: Any) -> tuple[Any, Any]:
    from jupyter_mlversion.splits.codes import is_missing

    lost = np.array([is_missing(value) for value in array], dtype=bool)
    texts = ["0" if gone else str(value) for value, gone in zip(array, lost, strict=True)]
    try:
        return lost, np.array([float(text) for text in texts])
    except ValueError:
        pass
    try:
        iso = ["1970" if gone else text for text, gone in zip(texts, lost, strict=True)]
        return lost, np.array([_moment(text) for text in iso])
    except ValueError as error:
        message = f"the time cannot be read: {error}"
        hint = "Give numbers, dates, or text such as 2026-01-31 or 2026-01-31T12:00."
        raise UsageError(message, hint=hint) from error


def _moment(text: str) -> int:
    if len(text) <= 7:  # noqa: PLR2004 - a year, or a year and a month
        return int(np.datetime64(text, "ns").astype(np.int64))
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return int(np.datetime64(moment, "ns").astype(np.int64))


def deal_in_time(order: Order) -> Fold:
    """The first rows to the first part, the last ones to the last, `gap` rows between two parts to none.

    Raises
    ------
    UsageError : a part would be empty.
    """
    line = _Line(order)
    parts: dict[str, Any] = {}
    start, share = 0, 0.0
    for place, (name, size) in enumerate(order.sizes.items()):
        share += size
        stop = order.count if place == len(order.sizes) - 1 else line.border(round(share * order.count))
        parts[name] = line.rows(start if not place else line.later(start, order.gap), stop)
        start = stop
    return Fold(not_empty(parts))


def deal_expanding(order: Order) -> tuple[Fold, ...]:
    """Folds that train on all that came before."""
    return _folds(order, None)


def deal_sliding(order: Order) -> tuple[Fold, ...]:
    """Folds that train on the last rows before, as many as `window` says."""
    test = _test_rows(order)
    return _folds(order, order.window or order.count - order.folds * test - order.gap)


def _folds(order: Order, window: int | None) -> tuple[Fold, ...]:
    line = _Line(order)
    test_rows = _test_rows(order)
    folds = []
    for number in range(order.folds):
        start = order.count - (order.folds - number) * test_rows
        begin, end = line.border(start), line.border(start + test_rows)
        last = line.border(begin - order.gap) if order.gap else begin
        first = 0 if window is None else max(0, last - window)
        fold = {"train": line.rows(first, last), "test": line.rows(begin, end)}
        if not all(map(len, fold.values())):
            message = f"fold {number + 1} would have no rows to {'train' if not len(fold['train']) else 'test'} on"
            hint = "Use fewer folds or a smaller gap; rows of the same moment stay together."
            raise UsageError(message, hint=hint)
        folds.append(Fold(fold))
    return tuple(folds)


def _test_rows(order: Order) -> int:
    rows = order.test_rows or order.count // (order.folds + 1)
    if rows < 1 or order.count - order.folds * rows - order.gap < 1:
        message = f"{order.count} rows are too few for {order.folds} folds with a gap of {order.gap}"
        raise UsageError(message, hint="Use fewer folds, a smaller gap, or fewer test_rows.")
    return rows


class _Line:
    """Rows in the order of their times."""

    def __init__(self, order: Order) -> None:
        self._count = order.count
        self._ordered = None if order.times is None else np.argsort(order.times, kind="stable")
        self._times = None if self._ordered is None else order.times[self._ordered]

    def border(self, place: int) -> int:
        """`place`, or where the moment begins that it would cut in two."""
        if self._times is None or not 0 < place < self._count:
            return min(max(place, 0), self._count)
        return int(np.searchsorted(self._times, self._times[place], side="left"))

    def later(self, place: int, gap: int) -> int:
        """`gap` rows after `place`, and on to where the next moment begins."""
        if self._times is None or not gap or place + gap >= self._count:
            return place + gap
        before = self._times[place + gap - 1]
        return int(np.searchsorted(self._times, before, side="right"))

    def rows(self, start: int, stop: int) -> Any:
        """The row numbers between two places, ascending."""
        if self._ordered is None:
            return np.arange(start, max(start, stop))
        return np.sort(self._ordered[start:stop])
