"""Every row to one part: by chance, by class, by group, by time, or as a column says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.codes import MISSING, codes_of
from jupyter_mlversion.splits.fold import Fold
from jupyter_mlversion.splits.strategies.need import no_missing, required
from jupyter_mlversion.splits.strategies.sizes import Shuffler, cut, not_empty

if TYPE_CHECKING:
    from jupyter_mlversion.splits.codes import Codes
    from jupyter_mlversion.splits.strategies.order import Order


def deal_random(order: Order) -> Fold:
    """Every row to one part, by chance."""
    return Fold(cut([Shuffler(order.seed).shuffle(np.arange(order.count))], order.sizes))


def deal_stratified(order: Order) -> Fold:
    """Every row to one part, by chance, each class in the same shares.

    Raises
    ------
    UsageError : a class has one row only, or is missing.
    """
    classes = no_missing(required(order.classes, "stratified", "target"), "target", "stratified")
    rows_of = _rows_of(classes)
    single = [name for name, rows in zip(classes.names, rows_of, strict=True) if len(rows) == 1]
    if single:
        message = f"stratified: the class {single[0]!r} has one row only" + (
            f", and so have {len(single) - 1} others" if len(single) > 1 else "")
        hint = "Join rare classes first, or use strategy='random'."
        if 2 * len(single) > len(classes.names):
            hint += " If the target is a measure, give classes of it, such as pandas.qcut(target, 10)."
        raise UsageError(message, hint=hint)
    shuffler = Shuffler(order.seed)
    return Fold(cut([shuffler.shuffle(rows) for rows in rows_of], order.sizes))


def deal_groups(order: Order) -> Fold:
    """Every group whole to one part: groups in random order, each to the part that lacks most rows.

    Raises
    ------
    UsageError : there are fewer groups than parts, or rows without a group.
    """
    groups = no_missing(required(order.groups, "group", "groups"), "groups", "group")
    rows_of = _rows_of(groups)
    parts: dict[str, list[Any]] = {name: [] for name in order.sizes}
    if len(rows_of) < len(parts):
        message = f"group: {len(rows_of)} groups cannot fill {len(parts)} parts"
        raise UsageError(message, hint="Use fewer parts, or strategy='random'.")
    wanted = {name: share * order.count for name, share in order.sizes.items()}
    left = len(rows_of)
    for group in Shuffler(order.seed).shuffle(np.arange(left)):
        empty = [name for name, rows in parts.items() if not rows]
        name = max(empty if len(empty) == left else wanted, key=wanted.__getitem__)
        left -= 1
        parts[name].append(rows_of[group])
        wanted[name] -= len(rows_of[group])
    return Fold(not_empty({name: np.sort(np.concatenate(rows)) for name, rows in parts.items()}))


def deal_stratified_groups(order: Order) -> Fold:
    """Every group whole to one part, classes in about the same shares: folds of scikit-learn's, put together.

    Raises
    ------
    UsageError : there are too few groups, or values are missing.
    MissingPackage : scikit-learn is not installed.
    """
    from jupyter_mlversion.splits.strategies.folds import stratified_group_tests

    groups = required(order.groups, "stratified-group", "groups")
    pieces = min(len(groups.names), 20)
    tests = stratified_group_tests(order, pieces)
    parts: dict[str, list[Any]] = {name: [] for name in order.sizes}
    wanted = {name: share * order.count for name, share in order.sizes.items()}
    for rows in sorted(tests, key=lambda rows: -len(rows)):
        name = max(wanted, key=lambda name: wanted[name])
        parts[name].append(rows)
        wanted[name] -= len(rows)
    joined = {name: np.sort(np.concatenate(rows)) if rows else np.zeros(0, int) for name, rows in parts.items()}
    return Fold(not_empty(joined))


def deal_predefined(order: Order) -> tuple[Fold, ...]:
    """As a column says: names are parts; whole numbers are the fold that tests on the row, -1 for none.

    Raises
    ------
    UsageError : there is no column, a row has no value, or there is one value only.
    """
    if order.column is None:
        message = "strategy='predefined' needs a column"
        raise UsageError(message, hint="Give column=, the part of each row or the name of a column.")
    if order.column.dtype.kind in "iu" or _whole(order.column):
        return _predefined_folds(order.column.astype(np.int64))
    parts = no_missing(codes_of(order.column, order.count, "column"), "column", "predefined")
    if len(parts.names) < 2:  # noqa: PLR2004 - one part is no partition
        message = f"predefined: all rows are in the part {parts.names[0]!r}"
        raise UsageError(message, hint="Name at least two parts in the column.")
    rows = dict(zip(parts.names, _rows_of(parts), strict=True))
    first = [name for name in ("train", "training", "validation", "valid", "val", "dev", "test") if name in rows]
    return (Fold({name: rows[name] for name in [*first, *(name for name in rows if name not in first)]}),)


def _whole(column: Any) -> bool:
    return column.dtype.kind == "f" and bool(np.all(column == np.round(column)))


def _predefined_folds(column: Any) -> tuple[Fold, ...]:
    folds = []
    for number in np.unique(column[column != MISSING]):
        test = np.flatnonzero(column == number)
        train = np.flatnonzero(column != number)
        if not len(train):
            message = f"predefined: every row is in fold {number}, none is left to train on"
            raise UsageError(message, hint="Number at least two folds in the column.")
        folds.append(Fold({"train": train, "test": test}))
    if not folds:
        message = "predefined: no row is in any fold"
        raise UsageError(message, hint="Give -1 only to rows that are never tested on.")
    return tuple(folds)


def _rows_of(codes: Codes) -> list[Any]:
    """The ascending rows of each name, in the order of the names."""
    ordered = np.argsort(codes.codes, kind="stable")
    sizes = np.bincount(codes.codes, minlength=len(codes.names))
    return np.split(ordered, np.cumsum(sizes)[:-1])
