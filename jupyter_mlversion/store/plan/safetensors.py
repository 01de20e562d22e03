"""Safetensors: the length of the header (8 bytes), the header as JSON, the tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_WIDTHS = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}
_START = 8


class _Tensor(msgspec.Struct):
    dtype: str = ""
    data_offsets: tuple[int, int] = (0, 0)


def is_safetensors(head: bytes) -> bool:
    """Whether a file that begins so may be one: its header is a JSON object."""
    return head[_START:_START + 1] == b"{"


def regions(headers: Headers) -> Iterator[Region]:
    """The tensors. The entry of the metadata, which is none, counts as one without bytes.

    Raises
    ------
    ValueError : it is none.
    """
    length = int.from_bytes(headers.read(0, _START), "little")
    header = msgspec.json.decode(headers.read(_START, length), type=dict[str, _Tensor])
    for tensor in header.values():
        begin, end = tensor.data_offsets
        yield Region(_START + length + begin, end - begin, _WIDTHS.get(tensor.dtype, 1))
