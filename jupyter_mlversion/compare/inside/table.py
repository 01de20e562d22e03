"""Tables as they are shown: columns with types, some rows, how many there are."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.progress import Progress

LONGEST_CELL = 500
"""Characters of a cell that are shown."""

MOST_COLUMNS = 2000
"""Columns that are shown and compared; a table with more is mostly a matrix."""

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and the type of its values in words (``integer``, ``number``, ``text``, ``int64``…)."""

    name: str
    type: str


class Table(Protocol):
    """Rows and columns that need not all be in memory."""

    @property
    def format(self) -> str:
        """What the file is."""

    @property
    def columns(self) -> Sequence[Column]:
        """In order."""

    def count(self, *, exact: bool) -> tuple[int, bool]:
        """How many rows, and whether that is counted or estimated; `exact`: count whatever it takes."""

    def page(self, first: int, count: int) -> list[list[Cell]]:
        """The rows from number `first` on, each with a value for each column."""

    def rows(self, numbers: Sequence[int]) -> dict[int, list[Cell]]:
        """The rows with these numbers, which are ascending, by number; those that there are not are left out."""

    def hashes(self, columns: Sequence[int], most: int, progress: Progress) -> Any:
        """A 64-bit hash of each value: an array of rows by `columns`, of the first `most` rows."""

    def facts(self) -> dict[str, Any]:
        """What is said of it besides."""


def shown(value: Any) -> Cell:
    """A value as it is shown: JSON's kinds; what is longer than `LONGEST_CELL` is cut, with an ellipsis."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) < 1 << 53 else str(int(value))
    if isinstance(value, numbers.Real):
        return float(value) if not math.isnan(float(value)) else "NaN"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    text = value if isinstance(value, str) else _hexadecimal(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL - 1]}…"


def _hexadecimal(value: bytes) -> str:
    return value[:LONGEST_CELL // 2 + 1].hex()
