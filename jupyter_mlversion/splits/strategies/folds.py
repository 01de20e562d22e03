"""Cross-validation by scikit-learn's own classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.codes import Codes
from jupyter_mlversion.splits.fold import Fold
from jupyter_mlversion.splits.strategies.need import no_missing, required, scikit_learn

if TYPE_CHECKING:
    from jupyter_mlversion.splits.strategies.order import Order

PLAIN, STRATIFIED, GROUP, STRATIFIED_GROUP, LEAVE_ONE_GROUP_OUT = (
    "k-fold", "stratified-k-fold", "group-k-fold", "stratified-group-k-fold", "leave-one-group-out")
NESTED = "nested"

_SEEDS = 1 << 32
"""scikit-learn knows seeds below this."""


def deal_folds(order: Order, strategy: str) -> tuple[Fold, ...]:
    """The folds of a cross-validation; with `order.inner`, each with folds of its own within its training rows.

    ``nested`` is ``stratified-group-k-fold`` where there are groups and classes, ``group-k-fold`` where there are
    groups, ``stratified-k-fold`` where there are classes, else ``k-fold``; inside as outside.

    Raises
    ------
    UsageError : the strategy lacks a target or groups, or there are too few rows, members of a class, or groups.
    MissingPackage : scikit-learn is not installed.
    """
    if strategy == NESTED:
        order = replace(order, inner=order.inner or 3)
        strategy = _suitable(order)
    folds = tuple(_dealt(order, strategy))
    if not order.inner:
        return folds
    inner_strategy = GROUP if strategy == LEAVE_ONE_GROUP_OUT else strategy
    return tuple(replace(fold, inner=tuple(_inner(order, inner_strategy, fold))) for fold in folds)


def stratified_group_tests(order: Order, pieces: int) -> list[Any]:
    """The rows cut into `pieces` of about equal size and class balance, groups whole."""
    return [fold.test for fold in _dealt(replace(order, folds=pieces, repeats=1), STRATIFIED_GROUP) if len(fold.test)]


def _suitable(order: Order) -> str:
    if order.groups is not None:
        return GROUP if order.classes is None else STRATIFIED_GROUP
    return PLAIN if order.classes is None else STRATIFIED


def _inner(order: Order, strategy: str, fold: Fold) -> Iterator[Fold]:
    rows = fold.train
    within = replace(
        order, count=len(rows), folds=order.inner, repeats=1, inner=0,
        classes=_of_rows(order.classes, rows), groups=_of_rows(order.groups, rows))
    for inner in _dealt(within, strategy):
        yield Fold({name: rows[places] for name, places in inner.parts.items()})


def _of_rows(codes: Codes | None, rows: Any) -> Codes | None:
    """The codes of some rows, with only the names that occur there."""
    if codes is None:
        return None
    kept, places = np.unique(codes.codes[rows], return_inverse=True)
    return Codes(tuple(codes.names[code] for code in kept), places)


def _dealt(order: Order, strategy: str) -> Iterator[Fold]:
    scikit_learn(strategy)
    classes = groups = None
    if strategy in {STRATIFIED, STRATIFIED_GROUP}:
        classes = no_missing(required(order.classes, strategy, "target"), "target", strategy)
        _enough(classes, order.folds, strategy)
    if strategy in {GROUP, STRATIFIED_GROUP, LEAVE_ONE_GROUP_OUT}:
        groups = no_missing(required(order.groups, strategy, "groups"), "groups", strategy)
        _enough_groups(groups, order, strategy)
    elif order.folds > order.count:
        message = f"{strategy}: {order.folds} folds of {order.count} rows"
        raise UsageError(message, hint="Use at most as many folds as there are rows.")
    rows = np.zeros(order.count, dtype=np.int8)
    try:
        for splitter in _splitters(order, strategy):
            for train, test in splitter.split(rows, classes and classes.codes, groups and groups.codes):
                yield Fold({"train": train, "test": test})
    except ValueError as error:
        message = f"{strategy}: {error}"
        raise UsageError(message) from error


def _enough(classes: Codes, folds: int, strategy: str) -> None:
    """Fewer members than folds in a class would leave folds without it."""
    rare = {name: count for name, count in classes.counts().items() if count < folds}
    if rare:
        name, count = min(rare.items(), key=lambda item: item[1])
        rows = "row" if count == 1 else "rows"
        message = f"{strategy}: the class {name!r} has {count} {rows}, fewer than {folds} folds"
        hint = "Use fewer folds, join rare classes, or use strategy='k-fold'."
        raise UsageError(message, hint=hint)


def _enough_groups(groups: Codes, order: Order, strategy: str) -> None:
    needed = 2 if strategy == LEAVE_ONE_GROUP_OUT else order.folds
    if len(groups.names) < needed:
        message = f"{strategy}: {len(groups.names)} groups are too few for {needed} folds"
        raise UsageError(message, hint="Use fewer folds, or another strategy.")


def _splitters(order: Order, strategy: str) -> Iterator[Any]:
    """A splitter for each repeat; repeat r has the seed + r."""
    from sklearn import model_selection as ms

    if strategy == LEAVE_ONE_GROUP_OUT:
        yield ms.LeaveOneGroupOut()
        return
    for repeat in range(order.repeats):
        seed = (order.seed + repeat) % _SEEDS
        settings: dict[str, Any] = {"n_splits": order.folds, "shuffle": True, "random_state": seed}
        if strategy == GROUP:
            yield _group_k_fold(settings, shuffled=order.repeats > 1)
        else:
            yield {
                PLAIN: ms.KFold, STRATIFIED: ms.StratifiedKFold, STRATIFIED_GROUP: ms.StratifiedGroupKFold,
            }[strategy](**settings)


def _group_k_fold(settings: dict[str, Any], *, shuffled: bool) -> Any:
    """Balanced by size, which needs no chance; repeats have to differ and are shuffled."""
    from sklearn.model_selection import GroupKFold

    return GroupKFold(**settings) if shuffled else GroupKFold(n_splits=settings["n_splits"])
