"""ONNX: a Protocol Buffers message; its initializers hold the weights, when they are not in a file beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_GRAPH, _INITIALIZER, _TYPE, _RAW = 7, 5, 2, 9  # numbers of fields
_WIDTHS = {1: 4, 4: 2, 5: 2, 6: 4, 7: 8, 10: 2, 11: 8, 12: 4, 13: 8, 14: 4, 15: 8, 16: 2}  # by number of data type
_VARINT, _EIGHT, _SIZED, _FOUR = 0, 1, 2, 5
_KIND_BITS = 3
_TAG = 20  # bytes that a tag and a length take at most
_MORE = 128


class _Field(NamedTuple):
    """A field: its number, and its value (a number), or where its bytes lie."""

    number: int
    value: int
    start: int
    end: int


def is_onnx(head: bytes) -> bool:
    """Whether a file that begins so may be one: the first field is the version of the format."""
    return head[:1] == b"\x08" and head[1:2] < b"\x40" and head[2:3] in (b"\x12", b"\x3a", b"\x42", b"\x1a")


def regions(headers: Headers) -> Iterator[Region]:
    """The weights that are in the file.

    Raises
    ------
    ValueError : it is none.
    """
    for graph in _fields(headers, 0, headers.size):
        if graph.number == _GRAPH:
            for tensor in _fields(headers, graph.start, graph.end):
                if tensor.number == _INITIALIZER:
                    yield from _weights(headers, tensor)


def _weights(headers: Headers, tensor: _Field) -> Iterator[Region]:
    width = 1
    raw = None
    for field in _fields(headers, tensor.start, tensor.end):
        if field.number == _TYPE:
            width = _WIDTHS.get(field.value, 1)
        elif field.number == _RAW:
            raw = field
    if raw:
        yield Region(raw.start, raw.end - raw.start, width)


def _fields(headers: Headers, position: int, end: int) -> Iterator[_Field]:
    while position < end:
        data = headers.read(position, min(_TAG, end - position))
        tag, taken = _number(data, 0)
        kind = tag & (1 << _KIND_BITS) - 1
        value = 0
        length = {_EIGHT: 8, _FOUR: 4}.get(kind, 0)
        if kind == _VARINT:
            value, taken = _number(data, taken)
        elif kind == _SIZED:
            length, taken = _number(data, taken)
        elif not length:
            raise ValueError("no such kind of field")
        start = position + taken
        position = start + length
        if position > end:
            raise ValueError("a field is longer than what it is in")
        yield _Field(tag >> _KIND_BITS, value, start, position)


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A number of variable length, and the position behind it."""
    value = 0
    for index, byte in enumerate(data[position:]):
        value |= (byte & ~_MORE) << 7 * index
        if byte < _MORE:
            return value, position + index + 1
    raise ValueError("a number without an end")
