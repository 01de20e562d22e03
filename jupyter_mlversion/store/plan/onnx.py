"""ONNX: a Protocol Buffers message; its initializers hold the weights, or say where in a file beside it they lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.protobuf import Field, fields
from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_GRAPH, _INITIALIZER, _TYPE, _RAW, _EXTERNAL = 7, 5, 2, 9, 13  # numbers of fields
_KEY, _VALUE = 1, 2
_WIDTHS = {1: 4, 4: 2, 5: 2, 6: 4, 7: 8, 10: 2, 11: 8, 12: 4, 13: 8, 14: 4, 15: 8, 16: 2}  # by number of data type
_LONGEST = 2**12  # bytes of a name


def is_onnx(head: bytes) -> bool:
    """Whether a file that begins so may be one: the first field is the version of the format."""
    return head[:1] == b"\x08" and head[1:2] < b"\x40" and head[2:3] in (b"\x12", b"\x3a", b"\x42", b"\x1a")


def regions(headers: Headers) -> Iterator[Region]:
    """The weights that are in the file.

    Raises
    ------
    ValueError : it is none.
    """
    for tensor in _tensors(headers):
        width, found = 1, None
        for field in fields(headers, tensor.start, tensor.end):
            if field.number == _TYPE:
                width = _WIDTHS.get(field.value, 1)
            elif field.number == _RAW:
                found = field
        if found:
            yield Region(found.start, found.end - found.start, width)


def regions_beside(headers: Headers, name: str, size: int) -> Iterator[Region]:
    """The weights that are in the file `name`, of `size` bytes, beside the model; the same ones may be told twice.

    Raises
    ------
    ValueError : it is no model.
    """
    for tensor in _tensors(headers):
        width, told = 1, dict[bytes, bytes]()
        for field in fields(headers, tensor.start, tensor.end):
            if field.number == _TYPE:
                width = _WIDTHS.get(field.value, 1)
            elif field.number == _EXTERNAL:
                entry = {part.number: _text(headers, part) for part in fields(headers, field.start, field.end)}
                told[entry.get(_KEY, b"")] = entry.get(_VALUE, b"")
        if told.get(b"location", b"").removeprefix(b"./") == name.encode("utf-8", "surrogateescape"):
            offset = int(told.get(b"offset", b"0"))
            yield Region(offset, int(told.get(b"length", size - offset)), width)


def _tensors(headers: Headers) -> Iterator[Field]:
    for graph in fields(headers, 0, headers.size):
        if graph.number == _GRAPH:
            for tensor in fields(headers, graph.start, graph.end):
                if tensor.number == _INITIALIZER:
                    yield tensor


def _text(headers: Headers, field: Field) -> bytes:
    return headers.read(field.start, min(field.end - field.start, _LONGEST))
