"""Safetensors: the length of the header, the header as JSON, the tensors."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside.source import Window
from jupyter_mlversion.compare.inside.tensors.tensor import MOST_TENSORS, WIDTHS, Tensor, Tensors, checked_shape

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_START = 8
_LONGEST_HEADER = 32 << 20
_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
          "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8",
          "BOOL": "bool", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "C64": "complex64"}


def is_safetensors(head: bytes, size: int) -> bool:
    """Whether a file that begins so may be one."""
    length = int.from_bytes(head[:_START], "little")
    return head[_START:_START + 1] == b"{" and 2 <= length <= size - _START  # noqa: PLR2004 - {}


def safetensors(source: Source) -> Tensors:
    """The tensors of a file.

    Raises
    ------
    ValueError : it is none, or its header says what cannot be.
    """
    length = int.from_bytes(source.read(0, _START), "little")
    if length > _LONGEST_HEADER:
        raise ValueError("the header is too long")
    header = json.loads(bytes(source.read(_START, length)))
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        raise ValueError("the header is no list of tensors")
    metadata = header.pop("__metadata__", {})
    start = _START + length
    tensors = tuple(_tensor(source, start, str(name), entry) for name, entry in header.items())
    told = {str(key): str(value) for key, value in metadata.items()} if isinstance(metadata, dict) else {}
    return Tensors("safetensors", tensors, told)


def _tensor(source: Source, start: int, name: str, entry: Any) -> Tensor:
    begin, end = entry["data_offsets"]
    shape = checked_shape(name, entry["shape"])
    dtype = _NAMES.get(entry["dtype"], str(entry["dtype"]))
    if not all(isinstance(number, int) and number >= 0 for number in (begin, end)) or end < begin:
        message = f"{name} has an impossible place"
        raise ValueError(message)
    told = math.prod(shape) * WIDTHS.get(dtype, 0)
    if start + end > source.size or (dtype in WIDTHS and told != end - begin):
        message = f"{name} does not lie within the file as it says"
        raise ValueError(message)
    return Tensor(name, dtype, shape, end - begin, Window(source, start + begin, end - begin))
