"""A partition from what a version says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits import codes, layout
from jupyter_mlversion.splits.fold import Fold
from jupyter_mlversion.splits.partition import Partition
from jupyter_mlversion.splits.rows import Rows, found_again, same_numbers
from jupyter_mlversion.splits.table import table_of

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.split import Split

Read = Callable[["Digest"], bytes]


def partition_of(record: Split, read: Read) -> Partition:
    """The partition that `record` is of.

    Parameters
    ----------
    read : the content of a stored digest.

    Raises
    ------
    UsageError : its rows were not stored.
    Damage : what was stored cannot be read.
    """
    if record.layout is not None:
        folds = layout.decode(read(record.layout))
    elif record.parts and all(part.rows is not None for part in record.parts):
        rows = {part.name: canonical.load(read(part.rows)) for part in record.parts if part.rows is not None}
        folds = (Fold({name: np.array(numbers, dtype=np.intp) for name, numbers in rows.items()}),)
        record = replace(record, row_count=record.row_count or sum(part.size for part in record.parts))
    else:
        message = f"the rows of the split {record.name!r} were not stored"
        raise UsageError(message)
    identities = None if record.identities is None else np.frombuffer(read(record.identities), dtype="<u8")
    return Partition(
        folds, record,
        None if record.target is None else codes.decode(read(record.target)),
        None if record.groups is None else codes.decode(read(record.groups)),
        identities=identities,
    )


def on_data(partition: Partition, data: Any) -> Partition:
    """`partition` with the row numbers that its rows have in `data`; what is gone is left out, what is new in no part.

    Raises
    ------
    UsageError : none of its rows is in `data`: that is other data, or other columns.
    """
    record = partition.record
    table = table_of(data)
    target = record.parameters.get("target")
    now = table.identities((target,) if isinstance(target, str) and target in table.names else ())
    known = partition.identities
    if known is None or now is None:
        changes = same_numbers(record.row_count, table.row_count)
    else:
        changes = found_again(known, now)
        if len(changes.gone) == len(known):
            message = f"no row of the split {record.name!r} is in the data: it has other values or other columns"
            raise UsageError(message, hint="Give the data that was split, before scaling or encoding.")
    folds = tuple(_moved(fold, changes) for fold in partition.folds)
    return replace(partition, folds=folds, identities=now, table=table, changes=changes,
                   classes=_of_present(partition.classes, changes), groups=_of_present(partition.groups, changes))


def _moved(fold: Fold, changes: Rows) -> Fold:
    where = {name: changes.where[rows] for name, rows in fold.parts.items()}
    parts = {name: _ordered(rows[rows >= 0], fold.parts[name]) for name, rows in where.items()}
    return Fold(parts, tuple(_moved(inner, changes) for inner in fold.inner))


def _ordered(rows: Any, before: Any) -> Any:
    """Ascending, unless the split gave them in an order of its own."""
    return np.sort(rows) if bool((before[1:] > before[:-1]).all()) else rows


def _of_present(known: codes.Codes | None, changes: Rows) -> codes.Codes | None:
    if known is None:
        return None
    count = len(changes.where) - len(changes.gone) + len(changes.new)
    now = np.full(count, codes.MISSING, dtype=np.int64)
    kept = changes.where >= 0
    now[changes.where[kept]] = known.codes[kept]
    return codes.Codes(known.names, now)
