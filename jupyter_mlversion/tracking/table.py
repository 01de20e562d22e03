"""Tables as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from time import time
from typing import Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.tracking.item import TABLE, TEXT, Item

MOST_CELLS = 1_000_000
"""Cells of a table that is logged; larger ones are data, and belong into a file."""


def table_item(name: str, table: Any, step: int | None = None) -> Item:
    """A data frame (pandas, Polars, PyArrow), a dictionary of columns, or a list of dictionaries, as JSON.

    Values that are no scalars are kept as text.

    Raises
    ------
    UsageError : it is none of these, its columns have unequal lengths, or it is too large.
    """
    columns = _columns(name, table)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        message = f"table {name!r}: the columns have unequal lengths: {sorted(lengths)}"
        raise UsageError(message)
    if sum(map(len, columns.values())) > MOST_CELLS:
        message = f"table {name!r}: it has more than {MOST_CELLS:,} cells"
        raise UsageError(message, hint="Write it to a Parquet file in the workspace: files are versioned too.")
    data = [[_value(value) for value in row] for row in zip(*columns.values(), strict=True)]
    return Item(name, "table", TABLE, time(), step, json.dump({"columns": list(columns), "data": data}))


def text_item(name: str, text: object, step: int | None = None) -> Item:
    """A text.

    Raises
    ------
    UsageError : it is none.
    """
    if not isinstance(text, str):
        message = f"text {name!r}: a text is needed, got {type(text).__name__}"
        raise UsageError(message)
    return Item(name, "text", TEXT, time(), step, text.encode(errors="replace"))


def _columns(name: str, table: Any) -> dict[str, Sequence[Any]]:
    if hasattr(table, "reset_index"):  # pandas: an index that says something is a column
        named = table.index.name is not None or type(table.index).__name__ != "RangeIndex"
        table = table.reset_index() if named else table
        return {str(column): table.iloc[:, at].tolist() for at, column in enumerate(table.columns)}
    if hasattr(table, "to_pydict"):
        table = table.to_pydict()
    elif hasattr(table, "get_columns"):
        table = {column.name: column.to_list() for column in table.get_columns()}
    if isinstance(table, Mapping):
        return {str(key): _listed(name, values) for key, values in table.items()}
    if isinstance(table, list | tuple) and all(isinstance(row, Mapping) for row in table):
        keys = list(dict.fromkeys(str(key) for row in table for key in row))
        rows = [{str(key): value for key, value in row.items()} for row in table]
        return {key: [row.get(key) for row in rows] for key in keys}
    message = (f"table {name!r}: a data frame, a dictionary of columns or a list of dictionaries is needed, got "
               f"{type(table).__name__}")
    raise UsageError(message)


def _listed(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        message = f"table {name!r}: a column is a list of values, got {type(values).__name__}"
        raise UsageError(message)
    return list(values)


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        return _value(item())
    return str(value)
