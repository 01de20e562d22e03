"""HDF5, as h5py, Keras and pandas write it by default: groups are walked, and what the data sets hold is found.

Read without the HDF5 library, because that is not made for hostile files, is not always installed, and where content
is cut must not depend on that. What only newer writers ask for by name (dense groups, other indexes of chunks than the
first B-tree) is not understood: such data is cut like anything unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

MAGIC = b"\x89HDF\r\n\x1a\n"

_ADDRESS = 8  # bytes of an address and of a length; files with others are rare
_NOWHERE = 2**64 - 1
_ROOT = {0: 64, 1: 68, 2: 36, 3: 36}  # where the superblock of each version tells the address of the root group,
_SIZES = {0: 13, 1: 13, 2: 9, 3: 9}  # the bytes of an address and of a length,
_BASE = {0: 24, 1: 28, 2: 12, 3: 12}  # and the offset of all addresses
_TYPE, _LINK, _LAYOUT, _FILTERS, _MORE, _SYMBOLS = 3, 6, 8, 11, 16, 17  # kinds of messages
_CONTIGUOUS, _CHUNKED = 1, 2  # classes of layouts
_FIXED, _FLOAT = 0, 1  # classes of data types: their elements are numbers
_TABLE_TREE, _CHUNK_TREE = 0, 1  # types of B-trees

_HEADER_1 = Struct("<BxHxxxxIxxxx")
_MESSAGE_1 = Struct("<HHBxxx")
_MESSAGE_2 = Struct("<BHB")
_NODE = Struct("<4sBBH16x")
_TABLE = Struct("<4sBxH")
_ENTRY = Struct("<QQ24x")
_CHUNK = Struct("<II")
_PAIR = Struct("<QQ")
_ONE = Struct("<Q")
_CHECKSUM = 4


class _Message(NamedTuple):
    """A message of an object's header: its kind, and its bytes."""

    kind: int
    data: bytes


def is_hdf5(head: bytes) -> bool:
    """Whether a file begins so."""
    return head.startswith(MAGIC)


def regions(headers: Headers) -> Iterator[Region]:
    """What the data sets hold: one region where it lies together, else one for each chunk.

    Raises
    ------
    ValueError, KeyError, IndexError, struct.error : it is none, or one of an unknown kind.
    """
    version = headers.read(8, 1)[0]
    if headers.read(_SIZES[version], 2) != bytes([_ADDRESS, _ADDRESS]) or _number(headers, _BASE[version]):
        raise ValueError("addresses of another kind")
    todo, seen = [_number(headers, _ROOT[version])], set()
    while todo:
        address = todo.pop()
        if address in seen or address == _NOWHERE:
            continue
        seen.add(address)
        messages = list(_messages(headers, address))
        yield from _held(headers, messages)
        for kind, data in messages:
            if kind == _SYMBOLS:
                todo += _members(headers, _ONE.unpack_from(data)[0])
            elif kind == _LINK:
                todo += _linked(data)


def _number(headers: Headers, offset: int) -> int:
    return int.from_bytes(headers.read(offset, _ADDRESS), "little")


def _messages(headers: Headers, address: int) -> Iterator[_Message]:
    """The messages in the header of the object at `address`, of either version."""
    blocks: list[tuple[int, int]]
    if headers.read(address, 4) == b"OHDR":
        flags = headers.read(address + 5, 1)[0]
        start = address + 6 + (16 if flags & 32 else 0) + (4 if flags & 16 else 0)
        width = 1 << (flags & 3)
        blocks = [(start + width, int.from_bytes(headers.read(start, width), "little"))]
        layout, skipped, mark, tail = _MESSAGE_2, 2 if flags & 4 else 0, 4, _CHECKSUM
    else:
        version, _, size = _HEADER_1.unpack(headers.read(address, _HEADER_1.size))
        if version != 1:
            raise ValueError("no object")
        blocks = [(address + _HEADER_1.size, size)]
        layout, skipped, mark, tail = _MESSAGE_1, 0, 0, 0
    for start, length in blocks:  # continuations are added while it runs; that headers may be read so often ends it
        for message in _in_block(headers.read(start, length), layout, skipped):
            yield message
            if message.kind == _MORE:
                offset, size = _PAIR.unpack_from(message.data)
                blocks.append((offset + mark, size - mark - tail))


def _in_block(data: bytes, layout: Struct, skipped: int) -> Iterator[_Message]:
    position = 0
    while position + layout.size + skipped <= len(data):
        kind, length, _ = layout.unpack_from(data, position)
        position += layout.size + skipped
        yield _Message(kind, data[position:position + length])
        position += length


def _held(headers: Headers, messages: list[_Message]) -> Iterator[Region]:
    """What an object holds, if it is a data set."""
    found = dict(messages)
    if _LAYOUT not in found or _TYPE not in found:
        return
    kind, layout = found[_TYPE], found[_LAYOUT]
    width = int.from_bytes(kind[4:8], "little") if kind[0] & 15 in (_FIXED, _FLOAT) else 1
    if layout[:2] == bytes([3, _CONTIGUOUS]) or layout[:2] == bytes([4, _CONTIGUOUS]):
        address, length = _PAIR.unpack_from(layout, 2)
        if address != _NOWHERE:
            yield Region(address, length, max(width, 1))
    elif layout[:2] == bytes([3, _CHUNKED]):
        tree, key = _ONE.unpack_from(layout, 3)[0], _CHUNK.size + _ADDRESS * layout[2]
        for chunk, address in _leaves(headers, tree, _CHUNK_TREE, key):
            yield Region(address, _CHUNK.unpack_from(chunk)[0], 0 if _FILTERS in found else max(width, 1))


def _members(headers: Headers, tree: int) -> Iterator[int]:
    """The addresses of the objects in a group, by its B-tree."""
    for _, address in _leaves(headers, tree, _TABLE_TREE, _ADDRESS):
        mark, _, count = _TABLE.unpack(headers.read(address, _TABLE.size))
        if mark != b"SNOD":
            raise ValueError("no table of symbols")
        for _, member in _ENTRY.iter_unpack(headers.read(address + _TABLE.size, count * _ENTRY.size)):
            yield member


def _leaves(headers: Headers, tree: int, kind: int, key: int) -> Iterator[tuple[bytes, int]]:
    """What the leaves of a B-tree list: keys of `key` bytes, and addresses."""
    todo = [tree] if tree != _NOWHERE else []
    while todo:
        node = todo.pop()
        mark, found, level, count = _NODE.unpack(headers.read(node, _NODE.size))
        if mark != b"TREE" or found != kind:
            raise ValueError("no B-tree")
        data = headers.read(node + _NODE.size, count * (key + _ADDRESS))
        for position in range(0, len(data), key + _ADDRESS):
            address = _ONE.unpack_from(data, position + key)[0]
            if level:
                todo.append(address)
            else:
                yield data[position:position + key], address


def _linked(data: bytes) -> list[int]:
    """The address that a link leads to, if it is a hard one."""
    flags = data[1]
    position = 2
    if flags & 8:
        if data[position]:
            return []
        position += 1
    position += (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    name = int.from_bytes(data[position:position + width], "little")
    return [_ONE.unpack_from(data, position + width + name)[0]]
