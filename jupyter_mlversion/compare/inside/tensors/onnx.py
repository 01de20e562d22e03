"""ONNX: a Protocol Buffers message; the initializers of its graph are the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.compare.inside.source import Window
from jupyter_mlversion.compare.inside.tensors.tensor import MOST_TENSORS, Tensor, Tensors, checked_shape

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_GRAPH, _INITIALIZER, _DIMENSIONS, _TYPE, _NAME, _RAW, _LOCATION = 7, 5, 1, 2, 8, 9, 14  # numbers of fields
_TYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
          10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16",
          17: "float8_e4m3fn", 19: "float8_e5m2"}
_VARINT, _EIGHT, _SIZED, _FOUR = 0, 1, 2, 5
_TAG = 20  # bytes that a tag and a length take at most
_MOST_FIELDS = 2_000_000
_LONGEST_NAME = 4096


class _Field(NamedTuple):
    """A field: its number, and its value (a number), or where its bytes lie."""

    number: int
    value: int
    start: int
    end: int


def is_onnx(head: bytes, path: str) -> bool:
    """Whether a file that begins so may be one: the first field is the version of the format."""
    return path.lower().endswith(".onnx") and head[:1] == b"\x08"


def onnx(source: Source) -> Tensors:
    """The weights of a file.

    Raises
    ------
    ValueError : it is none.
    """
    found: list[Tensor] = []
    outside = 0
    for graph in _fields(source, 0, source.size):
        for field in _fields(source, graph.start, graph.end) if graph.number == _GRAPH else ():
            if field.number == _INITIALIZER and len(found) < MOST_TENSORS:
                tensor, here = _tensor(source, field)
                found.append(tensor)
                outside += not here
    note = f"{outside} of them have their values in another file." if outside else ""
    return Tensors("onnx", tuple(found), note=note)


def _tensor(source: Source, tensor: _Field) -> tuple[Tensor, bool]:
    shape: list[int] = []
    name, kind, raw, here = "", 0, None, True
    for field in _fields(source, tensor.start, tensor.end):
        if field.number == _DIMENSIONS:
            packed = field.end > field.start
            data = bytes(source.read(field.start, min(field.end - field.start, _LONGEST_NAME)))
            shape = [*shape, *(_numbers(data) if packed else [field.value])][:_LONGEST_NAME]
        elif field.number == _TYPE:
            kind = field.value
        elif field.number == _NAME:
            length = min(field.end - field.start, _LONGEST_NAME)
            name = bytes(source.read(field.start, length)).decode("utf-8", "replace")
        elif field.number == _RAW:
            raw = field
        elif field.number == _LOCATION:
            here = not field.value
    values = Window(source, raw.start, raw.end - raw.start) if raw else None
    nbytes = raw.end - raw.start if raw else tensor.end - tensor.start
    return Tensor(name, _TYPES.get(kind, f"type {kind}"), checked_shape(name, shape), nbytes, values), here


def _numbers(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        value, at = _number(data, at)
        found.append(value)
    return found


def _fields(source: Source, position: int, end: int) -> Iterator[_Field]:
    for _ in range(_MOST_FIELDS):
        if position >= end:
            return
        data = bytes(source.read(position, min(_TAG, end - position)))
        tag, taken = _number(data, 0)
        kind = tag & 7
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
        yield _Field(tag >> 3, value, start, position if kind != _VARINT else start)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and the position behind it."""
    value = 0
    for index, byte in enumerate(data[at:at + 10]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:  # noqa: PLR2004 - the last byte of the number
            return value, at + index + 1
    raise ValueError("a number without an end")
