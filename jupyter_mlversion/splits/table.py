"""Data of any kind as rows and columns."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits.columns import array_of
from jupyter_mlversion.splits.identity import identities

_READERS = {"pandas", "polars", "pyarrow", "scipy", "torch"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns; columns are read when they are asked for.

    Parameters
    ----------
    kind : what the data is: ``count``, ``list``, ``array``, ``pandas``, ``polars``, ``pyarrow``, ``csv``, ``images``, …
    row_count : rows.
    names : of the columns, in order; not always different from each other.
    getters : of the columns, in order: each answers an array of one value for each row.
    path : the file or folder, when the data was given as one.
    classes : the class of each row where the data itself says so (sub-folders of images).
    hashed : the identity of each row where it is no hash of columns (the bytes of images).
    files : the file of each row, of images.
    """

    kind: str
    row_count: int
    names: tuple[str, ...] = ()
    getters: Sequence[Callable[[], Any]] = field(default_factory=tuple, repr=False)
    path: str = ""
    classes: Any = None
    hashed: Any = None
    files: tuple[str, ...] = ()

    def column(self, name: str) -> Any:
        """The values of a column.

        Raises
        ------
        UsageError : there is no such column, or there are several.
        """
        found = [place for place, other in enumerate(self.names) if other == str(name)]
        if len(found) != 1:
            problem = f"the data has no column {name!r}" if not found else f"{len(found)} columns are named {name!r}"
            known = ", ".join(self.names[:10]) + (" …" if len(self.names) > 10 else "")  # noqa: PLR2004
            raise UsageError(problem, hint=f"Its columns are: {known}" if known else "Give an array instead of a name.")
        return self.getters[found[0]]()

    def columns(self, without: Sequence[str] = ()) -> list[tuple[str, Any]]:
        """Name and values of all columns but some."""
        return [
            (name, get()) for name, get in zip(self.names, self.getters, strict=True) if name not in without
        ]

    def identities(self, without: Sequence[str] = ()) -> Any:
        """A 64-bit identity for each row; None when rows have no content of their own.

        Parameters
        ----------
        without : columns that do not count: a row whose label was corrected is the same row.
        """
        if self.hashed is not None:
            return self.hashed
        columns = [values for _, values in self.columns(without)] or [values for _, values in self.columns()]
        return identities(columns, self.row_count) if columns else None


def table_of(data: Any) -> Table:
    """`data` as a table.

    Parameters
    ----------
    data : a number of rows; an array, list, data frame, Arrow table, sparse matrix or tensor; a mapping of columns; the
        path of a CSV or Parquet file, or of a folder of images with a sub-folder for each class.

    Raises
    ------
    UsageError : it is none of these, has no rows, or its columns have unequal lengths.
    UnknownPath, InvalidInput, MissingPackage : a file is not there, cannot be read, needs a package that is missing.
    """
    table = _of(data)
    if table.row_count < 1:
        message = "split needs data with at least one row"
        raise UsageError(message)
    return table


def _of(data: Any) -> Table:
    if isinstance(data, os.PathLike) or (isinstance(data, str) and _names_a_file(data)):
        from jupyter_mlversion.splits.files import read_table

        return read_table(os.fspath(data))
    if isinstance(data, Table):
        return data
    library = type(data).__module__.partition(".")[0]
    if library in _READERS:
        return _of_library(data, library)
    if isinstance(data, np.ndarray):
        return _of_array(data, "array")
    if isinstance(data, Mapping):
        return _of_mapping(data)
    return _of_length(data)


def _names_a_file(text: str) -> bool:
    """Whether a text is a path; a text can also be data: a sequence of characters."""
    return os.path.exists(text) or os.sep in text or text.lower().endswith((".csv", ".tsv", ".parquet", ".pq"))


def _of_library(data: Any, library: str) -> Table:
    if hasattr(data, "collect") and not hasattr(data, "shape"):  # a lazy frame of Polars
        data = data.collect()
    if library == "scipy":
        return _of_sparse(data)
    if library == "torch" or not hasattr(data, "columns"):
        values = data.detach().cpu().numpy() if library == "torch" else array_of(data)
        return _of_array(values, library)
    return _of_frame(data, library)


def _of_frame(data: Any, library: str) -> Table:
    if library == "pyarrow":
        names, get = data.column_names, data.column
    elif library == "polars":
        names, get = data.columns, data.to_series
    else:
        names, get = list(data.columns), lambda place: data.iloc[:, place]
    getters = [partial(_array_at, get, place) for place in range(len(names))]
    return Table(library, int(data.shape[0]), tuple(str(name) for name in names), getters)


def _of_array(data: Any, kind: str) -> Table:
    if data.ndim == 0:
        message = "split needs data with a length, got an array of no dimensions"
        raise UsageError(message)
    if data.dtype.names:
        return Table(kind, len(data), data.dtype.names, [partial(data.__getitem__, name) for name in data.dtype.names])
    if data.ndim == 1:
        return Table(kind, len(data), ("0",), kept([data]))
    wide = data.reshape(len(data), -1) if len(data) else data
    getters = [partial(wide.__getitem__, (slice(None), place)) for place in range(wide.shape[1])]
    return Table(kind, len(data), tuple(map(str, range(wide.shape[1]))), getters)


def _of_sparse(data: Any) -> Table:
    """The identity of a sparse row: that of its entries, which are few; no columns to look at."""
    rows = data.tocsr().copy()
    rows.sum_duplicates()
    rows.eliminate_zeros()
    entry = identities([rows.indices, rows.data], rows.nnz)
    hashed = np.full(rows.shape[0], rows.shape[1], dtype=np.uint64)
    np.add.at(hashed, np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), entry)
    return Table("scipy", int(rows.shape[0]), hashed=hashed)


def _of_mapping(data: Mapping[Any, Any]) -> Table:
    columns = {str(name): array_of(values) for name, values in data.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in list(lengths.items())[:5])
        message = f"the columns have unequal lengths: {listed}"
        raise UsageError(message, hint="Give columns with one value for each row.")
    count = next(iter(lengths.values()), 0)
    return Table("mapping", count, tuple(columns), kept(columns.values()))


def _of_length(data: Any) -> Table:
    try:
        if hasattr(data, "__index__") and not isinstance(data, bool):
            return Table("count", operator.index(data))
        if getattr(data, "shape", None) and hasattr(data, "__array__"):
            return _of_array(np.asarray(data), "array")
        count = len(data)
    except TypeError as error:
        message = f"split needs data with a length, or the number of rows, got {type(data).__name__}"
        raise UsageError(message) from error
    if isinstance(data, (list, tuple, str, range)):
        return _of_list(list(data), count)
    if getattr(data, "shape", None):
        return Table("rows", int(data.shape[0]))
    return Table("rows", count)


def _of_list(data: list[Any], count: int) -> Table:
    if data and all(isinstance(row, Mapping) for row in data):
        names = list(dict.fromkeys(name for row in data for name in row))
        columns = [array_of([row.get(name) for row in data]) for name in names]
        return Table("list", count, tuple(map(str, names)), kept(columns))
    if data and all(isinstance(row, (list, tuple)) for row in data):
        widths = {len(row) for row in data}
        if len(widths) > 1:
            message = f"the rows have unequal lengths: {min(widths)} to {max(widths)} values"
            raise UsageError(message, hint="Give rows with the same number of values.")
        columns = [array_of(list(values)) for values in zip(*data, strict=True)]
        names = list(map(str, range(len(columns))))
        return Table("list", count, tuple(names), kept(columns))
    if data and all(isinstance(row, np.ndarray) for row in data):
        return _of_list([row.ravel().tolist() for row in data], count)
    return Table("list", count, ("0",), kept([array_of(data)]))


def kept(columns: Iterable[Any]) -> list[Callable[[], Any]]:
    """Getters of columns that are in memory."""
    return [partial(_itself, values) for values in columns]


def _itself(values: Any) -> Any:
    return values


def _array_at(get: Callable[[int], Any], place: int) -> Any:
    return array_of(get(place))
