"""Parquet: column chunks, then a footer that lists them in Thrift's compact protocol, its length, `PAR1`.

The few fields that are needed are read here; of the rest only its length is understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

MAGIC = b"PAR1"

_END = 8
_LONGEST = 2**19  # bytes of a footer; reading a longer one would take too long
_DEEPEST = 12
_GROUPS, _COLUMNS, _META, _SIZE, _DATA, _DICTIONARY = 4, 1, 3, 7, 9, 11  # numbers of fields
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12  # types
_INTEGERS = (4, 5, 6)
_LONG_LIST = 15
_DELTA, _LOW, _MORE = 4, 15, 128  # halves of a byte; more bytes of a number follow


def is_parquet(head: bytes) -> bool:
    """Whether a file begins so."""
    return head.startswith(MAGIC)


def regions(headers: Headers) -> Iterator[Region]:
    """The column chunks of all row groups.

    Raises
    ------
    ValueError, IndexError, KeyError, TypeError : it is none, or its footer is encrypted or too long.
    """
    end = headers.read(headers.size - _END, _END)
    length = int.from_bytes(end[:4], "little")
    if end[4:] != MAGIC or length > _LONGEST:
        raise ValueError("no footer")
    footer = _Compact(headers.read(headers.size - _END - length, length)).struct(0)
    for group in footer[_GROUPS]:
        for column in group[_COLUMNS]:
            meta = column[_META]
            start = meta.get(_DICTIONARY) or meta[_DATA]
            yield Region(min(start, meta[_DATA]), meta[_SIZE], 0)


class _Compact:
    """Values from `data` in Thrift's compact protocol, one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def struct(self, depth: int) -> dict[int, Any]:
        """Fields by number."""
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> _DELTA) if head >> _DELTA else self._integer()
            kind = head & _LOW
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _INTEGERS:
            return self._integer()
        if kind == _BINARY:
            return self._skip(self._number())
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        if kind == _MAP:
            return self._map(depth)
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _DOUBLE:
            return self._skip(8)
        raise ValueError("unknown type")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> _DELTA
        if count == _LONG_LIST:
            count = self._number()
        return [self._value(head & _LOW, depth + 1) for _ in range(count)]

    def _map(self, depth: int) -> None:
        count = self._number()
        kinds = self._byte() if count else 0
        for _ in range(count):
            self._value(kinds >> _DELTA, depth + 1)
            self._value(kinds & _LOW, depth + 1)

    def _skip(self, length: int) -> None:
        self._position += length

    def _byte(self) -> int:
        value = self._data[self._position]
        self._position += 1
        return value

    def _number(self) -> int:
        value = shift = 0
        while (byte := self._byte()) >= _MORE:
            value |= (byte & ~_MORE) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._number()
        return value >> 1 ^ -(value & 1)
