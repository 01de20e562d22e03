"""Encoding 2: byte planes. First the lowest bytes of all numbers, then the next ones, …; each plane by itself.

Of a trained weight the exponent says much and the mantissa is noise: what is noise is kept as it is, which costs
nothing to read, and the plane of exponents takes a third of its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.store.encoding.frame import grow, shrink

if TYPE_CHECKING:
    import numpy as np

    from jupyter_mlversion.store.encoding.codec import Bytes

    Numbers = np.ndarray[Any, np.dtype[Any]]

WIDTHS = (2, 4, 8)

# no matches, only the frequencies of bytes: Huffman's code at 1 GB/s
_HUFFMAN = {"compression_level": 1, "strategy": 1, "window_log": 17, "hash_log": 6, "chain_log": 6, "min_match": 7,
            "target_length": 0}
_MATCHES = {"compression_level": 3}
_RARE = 4  # a plane that shrinks to less than a fourth of its bytes has more to it than frequencies
_SAMPLE = 2**13
_WORTH = 0.97  # of its bytes is what a shorter plane may have at most

_BLOCK = 2**15
"""Numbers that are made at once: what a core's cache holds, however often they are touched."""

_HEAD = Struct("<BB")
_LENGTH = Struct("<I")


class Planes:
    """The frame: width, number of bytes before the numbers; the planes; the bytes before and behind the numbers."""

    def encode(self, data: Bytes, _bases: Sequence[Bytes], width: int, /, *, lead: int = 0) -> bytes | None:
        """The frame, or None where it is not shorter.

        Parameters
        ----------
        lead : bytes before the first number, below `width`.
        """
        if width not in WIDTHS:
            return None
        numbers, rest = numbers_in(data, width, lead)
        frame = b"".join([_HEAD.pack(width, lead), *split(turned(numbers)), rest])
        return frame if len(frame) < len(data) else None

    def decode(self, frame: Bytes, _bases: Sequence[Bytes], length: int, /) -> Bytes:
        """The bytes."""
        if len(frame) < _HEAD.size:
            raise ValueError("the frame is too short")
        width, lead = _HEAD.unpack_from(frame)
        planes, rest = planes_in(frame, _HEAD.size, width, lead, length)
        return whole(join(planes, lambda block, _: turn_back(block)), lead, rest)


def numbers_in(data: Bytes, width: int, lead: int) -> tuple[Numbers, bytes]:
    """The numbers of `width` bytes that begin `lead` bytes after the start of `data`, and the bytes that are left."""
    import numpy as np

    count = max(len(data) - lead, 0) // width
    end = lead + count * width
    view = memoryview(data).cast("B")
    return np.frombuffer(view, f"<u{width}", count, lead if count else 0), bytes(view[:lead]) + bytes(view[end:])


def whole(numbers: Numbers, lead: int, rest: bytes) -> memoryview:
    """The inverse of `numbers_in`."""
    data = numbers.data.cast("B")
    return memoryview(rest[:lead] + data + rest[lead:]) if rest else data


def turned(numbers: Numbers) -> Numbers:
    """Each with its highest bit, the sign, as its lowest: then the exponent of a float32 or bfloat16 is one byte."""
    result: Numbers = numbers >> numbers.dtype.type(numbers.dtype.itemsize * 8 - 1)
    result |= numbers << numbers.dtype.type(1)
    return result


def turn_back(numbers: Numbers) -> None:
    """The inverse of `turned`; in place."""
    signs = numbers << numbers.dtype.type(numbers.dtype.itemsize * 8 - 1)
    numbers >>= numbers.dtype.type(1)
    numbers |= signs


def split(numbers: Numbers) -> list[bytes]:
    """The planes, the lowest first, each after its length (4 bytes); it is shrunk where it is shorter than it was."""
    import numpy as np

    data = numbers.view(np.uint8)
    width = numbers.dtype.itemsize
    parts = []
    for index in range(width):
        plane = _shrunk(data[index::width].tobytes())
        parts += [_LENGTH.pack(len(plane)), plane]
    return parts


def planes_in(frame: Bytes, position: int, width: int, lead: int, length: int) -> tuple[list[Numbers], bytes]:
    """The planes, the lowest first, that begin at `position` of `frame`, and what comes behind them.

    Parameters
    ----------
    width, lead, length : bytes of a number, before the numbers, and in all.

    Raises
    ------
    ValueError : the frame is too short or too long for it, or a plane is damaged.
    """
    import numpy as np

    if width not in WIDTHS or lead >= width:
        raise ValueError("no such width")
    count = max(length - lead, 0) // width
    view = memoryview(frame)
    if len(view) < position + width * _LENGTH.size:
        raise ValueError("the frame is too short")
    planes = []
    for _ in range(width):
        stored = int.from_bytes(view[position:position + _LENGTH.size], "little")
        position += _LENGTH.size
        plane = view[position:position + stored]
        position += stored
        planes.append(np.frombuffer(plane if stored == count else grow(plane, count), np.uint8))
    rest = bytes(view[position:])
    if len(rest) != length - count * width:
        raise ValueError("the frame has too few or too many bytes")
    return planes, rest


def join(planes: Sequence[Numbers], finish: Callable[[Numbers, int], None]) -> Numbers:
    """The numbers that planes make up.

    Parameters
    ----------
    finish : changes some of the numbers in place, given them and how many come before them.
    """
    import numpy as np

    count = len(planes[0])
    out = np.empty(count, f"<u{len(planes)}")
    for start in range(0, count, _BLOCK):
        block = out[start:start + _BLOCK]
        block[:] = _woven([plane[start:start + _BLOCK] for plane in planes])
        finish(block, start)
    return out


def _woven(planes: Sequence[Numbers]) -> Numbers:
    """The numbers that planes make up: two halves, shifted and joined, are many times as quick as byte by byte."""
    if len(planes) == 1:
        return planes[0]
    low, high = _woven(planes[:len(planes) // 2]), _woven(planes[len(planes) // 2:])
    numbers = high.astype(f"<u{len(planes)}")
    numbers <<= numbers.dtype.type(len(planes) * 4)
    numbers |= low
    return numbers


def _shrunk(plane: bytes) -> bytes:
    sample = plane[:_SAMPLE]
    if len(shrink(sample, _HUFFMAN)) >= _WORTH * len(sample):
        return plane
    best = shrink(plane, _HUFFMAN)
    if len(best) * _RARE < len(plane):
        best = min(best, shrink(plane, _MATCHES), key=len)
    return best if len(best) < _WORTH * len(plane) else plane
