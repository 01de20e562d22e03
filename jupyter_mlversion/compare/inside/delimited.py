"""CSV and its kin: the delimiter, the encoding, the header and the types are told from the first rows."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.compare.inside.rows import Rows
from jupyter_mlversion.compare.inside.table import MOST_COLUMNS, Cell, Column, shown
from jupyter_mlversion.domain.progress import Progress, silent

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_HEAD = 1 << 18
_SAMPLE = 500
"""Rows by which types are told."""

_QUICK = 32 << 20
"""Bytes that are counted before the rest is estimated."""

_LONGEST_QUOTED = 1 << 16
"""Bytes; a row that is longer because of a quote that never ends tells that quotes mean nothing here."""

_BATCH = 4096


class Delimited:
    """A text of rows and delimiters; every value is a text, and types are what these read as.

    Parameters
    ----------
    path : tells, by its suffix, a delimiter where the text does not.
    """

    def __init__(self, source: Source, path: str) -> None:
        head = bytes(source.read(0, _HEAD))
        self.encoding = encoding_of(head, whole=len(head) == source.size)
        begin = 3 if self.encoding == "utf-8-sig" else 0
        rows = Rows(source, begin, quotes=_quotes(head))
        lines = [self._decoded(line) for line in rows.lines(0, 20)]
        self.delimiter = _delimiter(lines, path)
        first = next(iter(self._split(lines)), [])[:MOST_COLUMNS]
        self.header = bool(first) and not all(_is_number(name) for name in first if name)
        self._all = rows
        self._width = len(first)
        self.format = "tsv" if self.delimiter == "\t" else "csv"
        sample = list(self._records(0, _SAMPLE))
        names = first if self.header else [str(place) for place in range(len(first))]
        self.columns = [Column(name, _type_of([row[place] for row in sample])) for place, name in enumerate(names)]

    def facts(self) -> dict[str, Any]:
        """Delimiter and encoding, whether names were in the first row."""
        return {"delimiter": self.delimiter, "encoding": self.encoding, "header": self.header}

    def count(self, *, exact: bool) -> tuple[int, bool]:
        """How many rows; where only the first part was counted, an estimate."""
        self._all.look(None, most=None if exact else max(0, _QUICK - self._all.seen))
        counted = self._all.count - self.header
        if self._all.whole:
            return max(0, counted), True
        return round(counted * self._all.source.size / max(1, self._all.seen)), False

    def page(self, first: int, count: int) -> list[list[Cell]]:
        """The rows from number `first` on."""
        return [[shown(value) for value in row] for row in self._records(first, count)]

    def rows(self, numbers: Sequence[int]) -> dict[int, list[Cell]]:
        """The rows with these numbers; those that stand together are read together."""
        found: dict[int, list[Cell]] = {}
        for run in np.split(np.asarray(numbers, dtype=np.int64), np.flatnonzero(np.diff(numbers) != 1) + 1):
            if len(run):
                found.update(zip(run.tolist(), self.page(int(run[0]), len(run)), strict=False))
        return found

    def hashes(self, columns: Sequence[int], most: int, progress: Progress) -> Any:
        """A hash of each text."""
        flat, rows = array("q"), 0
        for row in self._records(0, most, progress):
            flat.extend([hash(row[place]) for place in columns])
            rows += 1
        return np.array(flat, dtype=np.int64).view(np.uint64).reshape(rows, len(columns))

    def _records(self, first: int, count: int, progress: Progress = silent) -> Iterator[list[str]]:
        """Rows with exactly a value for each column: more are cut off, missing ones are empty."""
        width = self._width
        done = 0
        lines = self._all.lines(first + self.header, count)
        while batch := list(islice(lines, _BATCH)):
            done += sum(map(len, batch))
            progress("reading rows", min(done, self._all.source.size), self._all.source.size)
            for row in self._split([self._decoded(line) for line in batch]):
                yield row if len(row) == width else (row + [""] * (width - len(row)))[:width]

    def _decoded(self, line: bytes) -> str:
        return line.decode("utf-8" if self.encoding == "utf-8-sig" else self.encoding, "replace")

    def _split(self, lines: Sequence[str]) -> list[list[str]]:
        """A row for each line; one in which a quote never ends must not swallow the next ones."""
        with suppress(csv.Error):
            rows = list(csv.reader(lines, delimiter=self.delimiter))
            if len(rows) == len(lines):
                return rows
        return [self._alone(line) for line in lines]

    def _alone(self, line: str) -> list[str]:
        try:
            [row] = csv.reader([line], delimiter=self.delimiter)
        except (csv.Error, ValueError):  # longer than its limit, a null, a line end where none can be
            return line.split(self.delimiter)
        return row


def encoding_of(head: bytes, *, whole: bool) -> str:
    """The encoding of a text that begins so: UTF-8 or -16 where it is that, else Windows' one, which any bytes fit.

    Parameters
    ----------
    whole : whether that is all of the text: else a character may be cut off at the end.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"),
                       (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _quotes(head: bytes) -> bool:
    """Whether quotes enclose values, as far as the first rows tell."""
    if b'"' not in head:
        return True
    start = head.rfind(b'"')
    return head.count(b'"') % 2 == 0 or len(head) - start < _LONGEST_QUOTED


def _delimiter(lines: Sequence[str], path: str) -> str:
    """The character that splits the most rows into the same number of values, two or more."""
    usual = "\t" if path.lower().endswith((".tsv", ".tab")) else ","
    best, most = usual, 0.0
    for candidate in (usual, *[one for one in ",;\t|" if one != usual]):
        widths = [line.count(candidate) for line in lines]
        if not widths or not widths[0]:
            continue
        score = widths.count(widths[0]) / len(widths) * 1000 + min(widths[0], 999) / 1000
        if score > most:
            best, most = candidate, score
    return best


def _type_of(values: Sequence[str]) -> str:
    given = [value for value in values if value]
    if not given:
        return "empty"
    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("integer", int), ("number", float), ("truth value", _truth), ("time", dt.datetime.fromisoformat))
    for name, read in kinds:
        try:
            for value in given:
                read(value)
        except ValueError:
            continue
        return name
    return "text"


def _truth(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError(value)
    return True


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
