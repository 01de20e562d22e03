"""Partition a data set, and have it recorded."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.partition import Partition, parts_of
from jupyter_mlversion.splits.register import register
from jupyter_mlversion.splits.rows import labels_of, row_count
from jupyter_mlversion.splits.strategy import STRATEGIES, checked_sizes, deal_random, deal_stratified

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value


def split(
    data: Any,
    *,
    target: Any = None,
    sizes: Mapping[str, float] | None = None,
    strategy: str = "random",
    seed: int = 0,
    name: str = "split",
) -> Partition:
    """Partition the rows of `data`; the versions made from here on record how.

    Parameters
    ----------
    data : an array, a data frame, a list, or the number of rows.
    target : the class of each row, or the name of a column: rows per class are recorded. Needed to stratify.
    sizes : part → share of the rows, summing to 1; default ``{"train": 0.8, "test": 0.2}``.
    strategy : ``random``, or ``stratified`` (every class in the same shares).
    seed : the same seed gives the same rows, on every machine.
    name : what the split is called.

    Returns
    -------
    Partition : iterate for the ascending row numbers of each part, in order; ``.indices[part]``; ``.record``.

    Raises
    ------
    UsageError : lengths differ, shares do not sum to 1, a part would be empty, a class is too small to stratify.
    """
    shares = checked_sizes(sizes)
    seed = _checked(strategy, seed, name)
    count = row_count(data)
    labels = None if target is None else labels_of(data, target, count)
    if strategy == "random":
        rows = deal_random(count, shares, seed)
    elif labels is None:
        message = "strategy='stratified' needs a target"
        raise UsageError(message, hint="Give target=, the class of each row or the name of a column.")
    else:
        rows = deal_stratified(labels, shares, seed)
    parameters: dict[str, Value] = {f"size.{part}": share for part, share in shares.items()}
    record = Split(name, strategy, seed, parameters, cell_id=register().cell_id, parts=parts_of(rows, labels))
    partition = Partition(rows, labels, record)
    register().add(partition)
    return partition


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
        raise UsageError(message) from error
