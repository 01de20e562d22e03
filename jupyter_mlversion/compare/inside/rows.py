"""Where the rows of a text with delimiters begin: found as far as somebody asks, remembered sparsely."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlversion.domain.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.compare.inside.source import Source

_BLOCK = 1 << 20
_EVERY = 64
"""Rows between two that are remembered: a file of ten million rows takes a megabyte."""

_LINE_END, _RETURN, _QUOTE = 10, 13, 34
LONGEST = 1 << 20
"""Bytes of a row that are looked at; what follows in it is left out."""


class Rows:
    """Rows of `source` from byte `start` on: each ends at a line end that is not between quotes, empty lines are none.

    Parameters
    ----------
    quotes : whether quotes can enclose line ends.
    """

    def __init__(self, source: Source, start: int, *, quotes: bool) -> None:
        self.source = source
        self.count = 0
        self._quotes = quotes
        self._marks = array("q")
        self._begin = start
        self._place = start
        self._open = False

    @property
    def whole(self) -> bool:
        """Whether all rows are counted."""
        return self._place >= self.source.size and self._begin >= self.source.size

    @property
    def seen(self) -> int:
        """The offset up to which rows are counted."""
        return self._place

    def look(self, rows: int | None = None, *, most: int | None = None, progress: Progress = silent) -> None:
        """Count rows until there are `rows` of them (None: all), or until `most` more bytes were read."""
        end = self.source.size if most is None else self._place + most
        while not self.whole and (rows is None or self.count < rows) and self._place < end:
            self._step()
            progress("counting rows", self._place, self.source.size)

    def lines(self, first: int, count: int | None = None) -> Iterator[bytes]:
        """The bytes of `count` rows (None: all) from number `first` on, without line ends; of long ones the start."""
        self.look(first + 1)
        if first >= self.count:
            return
        skip = first % _EVERY
        for number, line in enumerate(self._from(self._marks[first // _EVERY])):
            if count is not None and number >= skip + count:
                return
            if number >= skip:
                yield line

    def _step(self) -> None:
        """Count the rows that end in the next block."""
        block = np.frombuffer(self.source.read(self._place, _BLOCK), dtype=np.uint8)
        ends = _ends(block, self._open, self._quotes) if len(block) else np.zeros(0, dtype=np.int64)
        if self._quotes:
            self._open ^= bool(np.count_nonzero(block == _QUOTE) % 2)
        ends = ends + self._place
        last = self._place + len(block) >= self.source.size or not len(block)
        if last and self._begin < self.source.size and (not len(ends) or ends[-1] + 1 < self.source.size):
            ends = np.append(ends, self.source.size)  # the last row has no line end
        starts = np.concatenate(([self._begin], ends[:-1] + 1)) if len(ends) else ends
        full = self._full(starts, ends, block)
        starts = starts[full]
        self._marks.extend(starts[(-self.count) % _EVERY::_EVERY].tolist())
        self.count += len(starts)
        if len(ends):
            self._begin = int(ends[-1]) + 1
        self._place = self.source.size if last else self._place + len(block)
        if last:
            self._begin = self.source.size

    def _full(self, starts: Any, ends: Any, block: Any) -> Any:
        """Which rows are no empty lines."""
        lengths = ends - starts
        full = lengths > 0
        places = starts[lengths == 1] - self._place
        if len(places):  # is it a carriage return alone?
            first = block[np.maximum(places, 0)] if len(block) else np.zeros(len(places), dtype=np.uint8)
            if places[0] < 0:
                first[0] = self.source.read(int(places[0]) + self._place, 1)[0]
            full[lengths == 1] = first != _RETURN
        return full

    def _from(self, offset: int) -> Iterator[bytes]:
        """The rows from the one that begins at byte `offset`."""
        rest, opened = b"", False
        while offset < self.source.size:
            data = bytes(self.source.read(offset, _BLOCK))
            if not data:
                break
            offset += len(data)
            block = np.frombuffer(data, dtype=np.uint8)
            begin = 0
            for end in _ends(block, opened, self._quotes).tolist():
                line = rest + data[begin:end][:LONGEST - len(rest)]
                rest, begin = b"", end + 1
                if line := line.removesuffix(b"\r"):
                    yield line
            rest += data[begin:][:LONGEST - len(rest)]
            if self._quotes:
                opened ^= bool(data.count(b'"') % 2)
        if rest := rest.removesuffix(b"\r"):
            yield rest


def _ends(block: Any, opened: bool, quotes: bool) -> Any:
    """Where in `block` rows end; `opened`: whether it begins between quotes."""
    line_ends = block == _LINE_END
    if quotes and (opened or (marks := block == _QUOTE).any()):
        marks = block == _QUOTE
        line_ends &= ~(np.logical_xor.accumulate(marks) ^ opened)
    return np.flatnonzero(line_ends)
