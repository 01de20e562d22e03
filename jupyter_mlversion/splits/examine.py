"""The checks and the summary of a partition, from its data."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.checks import Clock, Column, Kind, Subject, features_of, images_of, run
from jupyter_mlversion.splits.summary import summary_of

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.splits.codes import Codes
    from jupyter_mlversion.splits.partition import Partition
    from jupyter_mlversion.splits.table import Table

SECONDS = 15.0
"""That checks may take when a split is made."""

ORDERED = ("time", "expanding", "sliding", "TimeSeriesSplit")
"""Strategies whose later parts are later in time."""


def examine(
    partition: Partition, data: Any = None, *, target: Any = None, groups: Any = None, time: Any = None,
    seconds: float | None = SECONDS, progress: Progress | None = None, thorough: bool = True,
) -> Partition:
    """`partition` with its checks and its summary.

    Parameters
    ----------
    partition : what `split` or `get_split` answered.
    data : what was split, row for row; None: as the partition has it.
    target, groups, time : one value a row, or the name of a column; None: as the partition knows them.
    seconds : that may be used; None: as many as it takes.
    progress : told how far it is; None: shown after a second.
    thorough : whether libraries that are not in use yet may be imported.

    Raises
    ------
    UsageError : the data has another number of rows, or there is no such column.
    Cancelled : the progress raised it.
    """
    from jupyter_mlversion.splits.progress import shown

    with shown(progress) as told:
        subject = subject_of(partition, data, target=target, groups=groups, time=time, clock=Clock(seconds, told),
                             thorough=thorough)
        checks = run(subject)
        summary = summary_of(replace(subject, clock=Clock(seconds and max(seconds / 4, 1.0), told)))
    return replace(partition, record=replace(partition.record, checks=checks), summary=summary)


def subject_of(
    partition: Partition, data: Any, *, target: Any, groups: Any, time: Any, clock: Clock,
    thorough: bool = True,
) -> Subject:
    """The partition and what is known of its rows, as the checks want it; errors as `examine`."""
    from jupyter_mlversion.splits.table import table_of

    record = partition.record
    table = partition.table or table_of(record.row_count if data is None else data)
    if table.row_count != record.row_count:
        message = f"the data has {table.row_count} rows, the split was made of {record.row_count}"
        raise UsageError(message, hint="Give the data that was split, row for row.")
    named = {what: _named(given, record.parameters.get(what), table)
             for what, given in (("target", target), ("groups", groups), ("time", time))}
    beside = [name for name in (*named.values(), record.parameters.get("column")) if isinstance(name, str)]
    content = features_of(table, [name for name in (named["target"], record.parameters.get("column"))
                                  if isinstance(name, str)])
    same = table is partition.table and (not isinstance(target, str) or target == record.parameters.get("target"))
    known = partition.identities if same and record.parameters.get("column") is None else None
    return Subject(
        table, [fold.parts for fold in partition.folds], features_of(table, beside), content=content, known=known,
        target=_column(target, named["target"], table, "target", partition.classes),
        groups=_column(groups, named["groups"], table, "groups", partition.groups),
        times=_moments(_column(time, named["time"], table, "time", None), partition.times),
        ordered=record.strategy in ORDERED, clock=clock, thorough=thorough,
        images=images_of(list(table.files) or data),
    )


def _named(given: Any, recorded: object, table: Table) -> str | None:
    """The name of the column that is meant, where it is one of the data's."""
    if isinstance(given, str):
        return given
    return recorded if given is None and isinstance(recorded, str) and recorded in table.names else None


def _column(given: Any, name: str | None, table: Table, what: str, codes: Codes | None) -> Column | None:
    from jupyter_mlversion.splits.codes import flat

    if name is not None:
        values = table.column(name)
    elif given is not None:
        values = flat(given, what)
    else:
        return None if codes is None else Column(what, lambda: _values(codes, as_numbers=what == "target"))
    if len(values) != table.row_count:
        message = f"the {what} has {len(values)} rows, the data has {table.row_count}"
        raise UsageError(message, hint="Give one value for each row.")
    return Column(name or what, lambda: values)


def _values(codes: Codes, *, as_numbers: bool) -> Any:
    """The value of each row: its name, or numbers where all names are numbers and these are wanted."""
    import numpy as np

    different = np.array([*codes.names, None], dtype=object)
    if as_numbers:
        with suppress(ValueError):
            different = np.array([*(float(name) for name in codes.names), np.nan])
            if np.array_equal(different[:-1], np.round(different[:-1])) and len(codes.missing) == 0:
                different = np.array([*(int(number) for number in different[:-1]), 0])
    return different[codes.codes]


def _moments(column: Column | None, times: Any) -> Column | None:
    if times is not None:
        return Column("time", lambda: times)
    return None if column is None or column.kind is Kind.CATEGORY else column
