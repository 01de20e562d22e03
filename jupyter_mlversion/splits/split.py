"""Partition a data set, and have it recorded."""

from __future__ import annotations

import operator
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.partition import Partition, parts_of
from jupyter_mlversion.splits.register import register

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.splits.fold import Fold
    from jupyter_mlversion.splits.strategies.order import Order
    from jupyter_mlversion.splits.table import Table

HOLDOUT = ("random", "stratified", "group", "stratified-group", "time")
CROSS_VALIDATION = (
    "k-fold", "stratified-k-fold", "group-k-fold", "stratified-group-k-fold", "leave-one-group-out", "nested",
    "expanding", "sliding",
)
STRATEGIES = (*HOLDOUT, *CROSS_VALIDATION, "predefined")

_TIMELESS = {"time", "expanding", "sliding", "predefined", "leave-one-group-out"}
"""Strategies without chance."""


def split(  # noqa: PLR0913 - each names one thing that a strategy can be told
    data: Any,
    *,
    target: Any = None,
    sizes: Mapping[str, float] | None = None,
    strategy: str = "random",
    seed: int = 0,
    name: str = "split",
    groups: Any = None,
    time: Any = None,
    column: Any = None,
    folds: int = 5,
    repeats: int = 1,
    inner: int = 0,
    gap: int = 0,
    window: int | None = None,
    test_rows: int | None = None,
    checks: bool = True,
    remember: bool = True,
) -> Partition:
    """Partition the rows of `data`; see `jupyter_mlversion.split`."""
    plain = "numpy" not in sys.modules
    why = ""
    if strategy == "auto":
        from jupyter_mlversion.splits.choose import advice

        named = {"target": target, "groups": groups, "time": time, "sizes": sizes, "seed": seed, "gap": gap}
        strategy, why = advice(data, named)
    from jupyter_mlversion.splits.strategies.order import Order
    from jupyter_mlversion.splits.strategies.sizes import checked_sizes
    from jupyter_mlversion.splits.table import table_of

    shares = checked_sizes(sizes)
    seed = _checked(strategy, seed, name)
    table = table_of(data)
    order = Order(
        table.row_count, seed, shares, **labels_of(table, target, groups, time, column),
        folds=_whole("folds", folds, 2), repeats=_whole("repeats", repeats, 1),
        inner=inner and _whole("inner", inner, 2), gap=_whole("gap", gap, 0),
        window=None if window is None else _whole("window", window, 1),
        test_rows=None if test_rows is None else _whole("test_rows", test_rows, 1),
    )
    found = deal(strategy, order)
    repeated = strategy in CROSS_VALIDATION or len(found) > 1
    named = {"target": target, "groups": groups, "time": time, "column": column}
    parameters = _parameters(strategy, order, table, named) | ({"auto": why} if why else {})
    record = Split(
        name, strategy, seed if strategy not in _TIMELESS else 0, parameters,
        cell_id=register().cell_id,
        parts=parts_of(found, order.classes, cross_validation=repeated),
        seeded=strategy not in _TIMELESS, row_count=table.row_count,
        fold_count=len(found) if repeated else 0,
    )
    without = tuple(given for given in (target,) if isinstance(given, str))
    partition = Partition(
        found, record, order.classes, order.groups, order.times, table.identities(without), table, plain
    )
    if checks:
        from jupyter_mlversion.splits.examine import examine

        values = {"target": target, "groups": groups, "time": time}
        partition = examine(partition, data, **values, thorough=False)
    if remember:
        register().add(partition)
    return partition


def deal(strategy: str, order: Order) -> tuple[Fold, ...]:
    """The rows of each part, or of each fold, by a strategy; errors as `split`."""
    from jupyter_mlversion.splits.strategies import folds, holdout, time

    one = {
        "random": holdout.deal_random, "stratified": holdout.deal_stratified, "group": holdout.deal_groups,
        "stratified-group": holdout.deal_stratified_groups, "time": time.deal_in_time,
    }
    if strategy in one:
        return (one[strategy](order),)
    many = {"expanding": time.deal_expanding, "sliding": time.deal_sliding, "predefined": holdout.deal_predefined}
    return many[strategy](order) if strategy in many else folds.deal_folds(order, strategy)


def labels_of(table: Table, target: Any, groups: Any, time: Any, column: Any) -> dict[str, Any]:
    """Classes, groups, times and the predefined column; a text names a column of the data.

    Raises
    ------
    UsageError : there is no such column, or there is not one value for each row.
    """
    from jupyter_mlversion.splits.codes import codes_of, flat
    from jupyter_mlversion.splits.strategies.time import moments_of

    def values(given: Any) -> Any:
        return table.column(given) if isinstance(given, str) else given

    count = table.row_count
    found = None if column is None else flat(values(column), "column")
    if found is not None and len(found) != count:
        message = f"the column has {len(found)} rows, the data has {count}"
        raise UsageError(message, hint="Give one value for each row.")
    return {
        "classes": table.classes if target is None else codes_of(values(target), count, "target"),
        "groups": None if groups is None else codes_of(values(groups), count, "groups"),
        "times": None if time is None else moments_of(values(time), count),
        "column": found,
    }


def _parameters(strategy: str, order: Order, table: Table, named: Mapping[str, Any]) -> dict[str, Value]:
    """What the strategy was given, as far as it counts for it."""
    told: dict[str, Value] = {}
    if strategy in HOLDOUT:
        told.update({f"size.{part}": share for part, share in order.sizes.items()})
    elif strategy not in {"predefined", "leave-one-group-out"}:
        told["folds"] = order.folds
    for key in ("repeats", "inner", "gap", "window", "test_rows"):
        value = getattr(order, key)
        if value not in {None, 0} and (key, value) != ("repeats", 1):
            told[key] = value
    told.update({key: given for key, given in named.items() if isinstance(given, str)})
    if table.path:
        told["path"] = table.path
    return told


def _checked(strategy: str, seed: int, name: object) -> int:
    """The seed as a plain int, when strategy, seed and name can be used."""
    if strategy not in STRATEGIES:
        message = f"unknown strategy {strategy!r}; known are {', '.join(STRATEGIES)}"
        raise UsageError(message)
    if not isinstance(name, str) or not name.strip():
        message = f"the name of a split is a text, got {name!r}"
        raise UsageError(message)
    try:
        return operator.index(seed)
    except TypeError as error:
        message = f"a seed is a whole number, got {seed!r}"
        raise UsageError(message, hint="Give a number such as seed=0.") from error


def _whole(what: str, given: Any, least: int) -> int:
    try:
        number = operator.index(given)
    except TypeError:
        number = least - 1
    if number < least or isinstance(given, bool):
        message = f"{what} is a whole number from {least}, got {given!r}"
        raise UsageError(message)
    return number
