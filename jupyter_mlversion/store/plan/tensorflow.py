"""TensorFlow's checkpoints, also those in a SavedModel: data files without headers, and an index that tells of all.

The index is a table of LevelDB: blocks of keys and values, a block that says where those lie, and a footer. The values
are Protocol Buffers messages (`BundleEntryProto`). TensorFlow does not compress the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlversion.store.plan.beside import SHARD
from jupyter_mlversion.store.plan.protobuf import fields, number
from jupyter_mlversion.store.plan.region import Headers, Region
from jupyter_mlversion.store.source import BytesSource

_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48  # bytes
_TYPE, _SHARD, _OFFSET, _SIZE = 1, 3, 4, 5  # numbers of fields
_WIDTHS = {1: 4, 2: 8, 3: 4, 5: 2, 7: 0, 8: 4, 9: 8, 14: 2, 17: 2, 18: 8, 19: 2, 22: 4, 23: 8}  # by data type
_COUNT = 4  # bytes of how often keys are told in full, and of where each time
_UNPACKED = 0


def regions_beside(headers: Headers, name: str, _size: int) -> Iterator[Region]:
    """The variables in the data file `name`, by the index beside it.

    Raises
    ------
    ValueError, IndexError : it is no index, or `name` no data file.
    """
    shard = SHARD.fullmatch(name)
    footer = headers.read(headers.size - _FOOTER, _FOOTER)
    if shard is None or not footer.endswith(_MAGIC):
        raise ValueError("no index")
    _, position = number(footer, 0)  # a block about the table comes first
    _, position = number(footer, position)
    for place in _values(headers, footer[position:]):
        for value in _values(headers, place):
            entry = Headers(BytesSource(value))
            told = {field.number: field.value for field in fields(entry, 0, entry.size)}
            if told.get(_SHARD, 0) == int(shard[2]):
                yield Region(told.get(_OFFSET, 0), told.get(_SIZE, 0), _WIDTHS.get(told.get(_TYPE, 0), 1))


def _values(headers: Headers, place: bytes) -> Iterator[bytes]:
    """The values in the block that lies at a place: its offset, and its length."""
    offset, position = number(place, 0)
    length, _ = number(place, position)
    block = headers.read(offset, length + 1)
    if block[-1] != _UNPACKED:
        raise ValueError("a compressed block")
    end = length - _COUNT * (1 + int.from_bytes(block[length - _COUNT:length], "little"))
    position = 0
    while position < end:
        _, position = number(block, position)  # bytes that the key shares with the one before
        key, position = number(block, position)
        size, position = number(block, position)
        yield block[position + key:position + key + size]
        position += key + size
