"""Parquet, by pyarrow: of a file, the row groups that a page needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.compare.inside.source import File
from jupyter_mlversion.compare.inside.table import MOST_COLUMNS, Cell, Column, shown
from jupyter_mlversion.errors import InvalidInput, MissingPackage
from jupyter_mlversion.splits.columns import array_of
from jupyter_mlversion.splits.identity import identities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.compare.inside.source import Source
    from jupyter_mlversion.domain.progress import Progress

_LARGEST_GROUP = 1 << 30
"""Bytes, decoded, of a row group that is read."""

_BATCH = 16_384


class Parquet:
    """A Parquet file.

    Raises
    ------
    MissingPackage : there is no pyarrow.
    InvalidInput : it is no Parquet file.
    """

    format = "parquet"

    def __init__(self, source: Source, path: str) -> None:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError as error:
            message = f"looking into {path} needs pyarrow"
            raise MissingPackage(message, hint='pip install "jupyter_mlversion[ml]"') from error
        try:
            self._file = parquet.ParquetFile(pa.PythonFile(File(source), mode="r"))
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError) as error:
            message = f"{path} cannot be read as Parquet: {error}"
            raise InvalidInput(message) from error
        self._meta = self._file.metadata
        self.columns = [Column(field.name, str(field.type)) for field in schema][:MOST_COLUMNS]

    def facts(self) -> dict[str, Any]:
        """Row groups and the program that wrote them."""
        return {"row_groups": self._meta.num_row_groups, "created_by": str(self._meta.created_by or "")[:200]}

    def count(self, *, exact: bool) -> tuple[int, bool]:
        """How many rows: the file says so."""
        del exact
        return self._meta.num_rows, True

    def page(self, first: int, count: int) -> list[list[Cell]]:
        """The rows from number `first` on.

        Raises
        ------
        InvalidInput : their row group is damaged, or too large to be looked into.
        """
        rows: list[list[Cell]] = []
        begin = 0
        for group in range(self._meta.num_row_groups):
            end = begin + self._meta.row_group(group).num_rows
            for batch in self._batches(group) if begin < first + count and end > first else ():
                start, stop = max(0, first - begin), min(batch.num_rows, first + count - begin)
                if start < stop:
                    rows.extend(_rows(batch.slice(start, stop - start)))
                begin += batch.num_rows
                if begin >= first + count:
                    return rows
            begin = end
        return rows

    def rows(self, numbers: Sequence[int]) -> dict[int, list[Cell]]:
        """The rows with these numbers; each row group is read once."""
        wanted = np.asarray(numbers, dtype=np.int64)
        found: dict[int, list[Cell]] = {}
        begin = 0
        for group in range(self._meta.num_row_groups):
            end = begin + self._meta.row_group(group).num_rows
            last = int(wanted[wanted < end].max(initial=-1))
            for batch in self._batches(group) if last >= begin else ():
                here = wanted[(wanted >= begin) & (wanted < begin + batch.num_rows)]
                if len(here):
                    found.update(zip(here.tolist(), _rows(batch.take(here - begin)), strict=True))
                begin += batch.num_rows
                if begin > last:
                    break
            begin = end
        return found

    def hashes(self, columns: Sequence[int], most: int, progress: Progress) -> Any:
        """A hash of each value: numbers by their value, whatever their type; a missing one as NaN."""
        blocks, done, total = [], 0, min(most, self._meta.num_rows)
        for group in range(self._meta.num_row_groups):
            for whole in self._batches(group) if done < total else ():
                batch = whole.slice(0, max(0, total - done))
                found = [identities([array_of(batch.column(place))], batch.num_rows) for place in columns]
                blocks.append(np.stack(found, axis=1) if found else np.zeros((batch.num_rows, 0), dtype=np.uint64))
                done += batch.num_rows
                progress("reading rows", done, total)
        return np.concatenate(blocks) if blocks else np.zeros((0, len(columns)), dtype=np.uint64)

    def _batches(self, group: int) -> Any:
        import pyarrow as pa

        meta = self._meta.row_group(group)
        if meta.total_byte_size > _LARGEST_GROUP:
            message = f"row group {group} has {meta.total_byte_size} bytes: too many to look into"
            raise InvalidInput(message, hint="Write the file with smaller row groups.")
        names = [column.name for column in self.columns]
        try:
            yield from self._file.iter_batches(_BATCH, row_groups=[group], columns=names)
        except (pa.ArrowException, OSError) as error:
            message = f"row group {group} cannot be read: {error}"
            raise InvalidInput(message) from error


def _rows(batch: Any) -> list[list[Cell]]:
    columns = [[shown(value) for value in column.to_pylist()] for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)]
