"""Messages of Protocol Buffers, field by field, without reading what lies in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_VARINT, _EIGHT, _SIZED, _FOUR = 0, 1, 2, 5
_KIND_BITS = 3
_TAG = 20  # bytes that a tag and a length take at most
_MORE = 128


class Field(NamedTuple):
    """A field: its number, and its value (a number), or where its bytes lie."""

    number: int
    value: int
    start: int
    end: int


def fields(headers: Headers, position: int, end: int) -> Iterator[Field]:
    """The fields of the message that lies there.

    Raises
    ------
    ValueError : it is none.
    """
    while position < end:
        data = headers.read(position, min(_TAG, end - position))
        tag, taken = number(data, 0)
        kind = tag & (1 << _KIND_BITS) - 1
        value = 0
        length = {_EIGHT: 8, _FOUR: 4}.get(kind, 0)
        if kind == _VARINT:
            value, taken = number(data, taken)
        elif kind == _SIZED:
            length, taken = number(data, taken)
        elif not length:
            raise ValueError("no such kind of field")
        start = position + taken
        position = start + length
        if position > end:
            raise ValueError("a field is longer than what it is in")
        yield Field(tag >> _KIND_BITS, value, start, position)


def number(data: bytes, position: int) -> tuple[int, int]:
    """A number of variable length, and the position behind it.

    Raises
    ------
    ValueError : it has no end.
    """
    value = 0
    for index, byte in enumerate(data[position:position + _TAG]):
        value |= (byte & ~_MORE) << 7 * index
        if byte < _MORE:
            return value, position + index + 1
    raise ValueError("a number without an end")
