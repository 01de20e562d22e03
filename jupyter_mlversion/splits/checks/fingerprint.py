"""In which columns rows are compared, and a number for each row that equal rows share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.splits.checks.features import Column, Features, Kind
from jupyter_mlversion.splits.identity import identities

if TYPE_CHECKING:
    from jupyter_mlversion.splits.table import Table

BLOCK_BYTES = 1 << 21
"""Bytes that are worked on at a time: what fits into a processor's cache."""


def block_rows(columns: int) -> int:
    """Rows of a block."""
    return max(256, BLOCK_BYTES // (8 * max(columns, 1)))


def compared(features: Features) -> list[Column]:
    """The columns in which rows are compared: all but those that only number the rows."""
    return [column for column in features.columns if not _numbers_rows(column)]


def fingerprints(table: Table, features: Features | None) -> Any:
    """A 64-bit number for each row, equal for equal rows; None where rows have nothing to compare."""
    if features is None:
        return table.hashed  # sparse rows, pictures
    columns = compared(features)
    return identities([column.values for column in columns], len(features)) if columns else None


def same(features: Features | None, first: Any, second: Any) -> Any:
    """Whether the rows `first` equal the rows `second`, pair by pair: what fingerprints promise, looked at."""
    import numpy as np

    equal = np.ones(len(first), dtype=bool)
    for column in compared(features) if features is not None else []:
        one, two = column.floats(first), column.floats(second)
        equal &= (one == two) | (np.isnan(one) & np.isnan(two))
    return equal


def _numbers_rows(column: Column) -> bool:
    """Whether the column is whole numbers that count the rows, each once: an id, which no two rows share."""
    import numpy as np

    if column.kind is not Kind.NUMBER or len(column) < 20:  # noqa: PLR2004 - too few to tell
        return False
    head = column.floats(slice(0, 1000))
    if not np.array_equal(head, np.round(head)) or len(np.unique(head)) < len(head):
        return False
    values = column.floats()
    return values.max() - values.min() == len(values) - 1 and len(np.unique(values)) == len(values)
