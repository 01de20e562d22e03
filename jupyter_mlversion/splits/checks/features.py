"""The columns of some data as numbers, without a copy where there need not be one."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.splits.codes import MISSING, codes_of, is_missing

if TYPE_CHECKING:
    from jupyter_mlversion.splits.codes import Codes
    from jupyter_mlversion.splits.table import Table

__all__ = ["MISSING", "Column", "Features", "Kind", "features_of"]


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CATEGORY = "category"
    TIME = "time"


class Column:
    """One column: floats with NaN for what is missing, or codes of categories.

    Parameters
    ----------
    name : as text.
    get : answers its values, an array of one dimension; asked once.
    """

    def __init__(self, name: str, get: Callable[[], Any]) -> None:
        self.name = name
        self._get = get

    @cached_property
    def values(self) -> Any:
        """The values as the data holds them; objects that are all numbers as floats."""
        array = self._get()
        return _numbers_if_all(array) if array.dtype.kind == "O" else array

    @cached_property
    def kind(self) -> Kind:
        """Number, category or time."""
        letter = self.values.dtype.kind
        if letter in "biuf":
            return Kind.NUMBER
        return Kind.TIME if letter in "mM" else Kind.CATEGORY

    def floats(self, rows: Any = slice(None)) -> Any:
        """The values of `rows` as floats: numbers, times in their own unit, the codes of categories."""
        import numpy as np

        if self.kind is Kind.CATEGORY:
            return np.where(self.codes[rows] == MISSING, np.nan, self.codes[rows].astype(float))
        values = self.values[rows]
        if self.kind is Kind.TIME:
            return np.where(np.isnat(values), np.nan, values.astype("i8").astype(float))
        return values.astype(float, copy=False)

    @property
    def codes(self) -> Any:
        """The code of each row's category; -1 where it is missing."""
        return self._coded.codes

    @property
    def labels(self) -> Sequence[str]:
        """Code → category as text."""
        return self._coded.names

    @cached_property
    def _coded(self) -> Codes:
        return codes_of(self.values, len(self.values), self.name)

    def __len__(self) -> int:
        return len(self.values)


class Features:
    """The features of some data, as columns of equal length.

    Parameters
    ----------
    columns : in the order of the data.
    row_count : rows.
    """

    def __init__(self, columns: Sequence[Column], row_count: int) -> None:
        self.columns = list(columns)
        self._row_count = row_count

    @cached_property
    def _matrix(self) -> Any:
        """The one array of two dimensions whose columns these are, or None."""
        base: Any = getattr(self.columns[0].values, "base", None)
        shape = (self._row_count, len(self.columns))
        if getattr(base, "shape", None) != shape or base.dtype.kind not in "biuf":
            return None
        whole = all(_address(column.values) == _address(base[:, place]) for place, column in enumerate(self.columns))
        return base if whole else None

    def block(self, rows: Any, columns: Sequence[Column] | None = None) -> Any:
        """The floats of `rows` (a slice or row numbers) and `columns` (default: all): an array of two dimensions."""
        import numpy as np

        if columns is None and self._matrix is not None:
            return self._matrix[rows].astype(float, copy=False)
        chosen = self.columns if columns is None else columns
        return np.stack([column.floats(rows) for column in chosen], axis=1)

    def __len__(self) -> int:
        return self._row_count


def features_of(table: Table, without: Sequence[str] = ()) -> Features | None:
    """The columns of `table` but some; None where there are none: a number of rows, a sparse matrix, pictures."""
    columns = [Column(name, get) for name, get in zip(table.names, table.getters, strict=True) if name not in without]
    return Features(columns, table.row_count) if columns else None


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _numbers_if_all(array: Any) -> Any:
    """Floats, where objects are numbers or missing all of them."""
    import numpy as np

    first = next((value for value in array if not is_missing(value)), None)
    if not isinstance(first, numbers.Real):
        return array
    try:
        return np.array([np.nan if is_missing(value) else _real(value) for value in array.tolist()])
    except TypeError:
        return array


def _real(value: object) -> float:
    if not isinstance(value, numbers.Real):
        raise TypeError
    return float(value)
