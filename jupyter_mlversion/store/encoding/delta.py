"""Encoding 3: what is left of floats when those that they were trained from are known.

A step of training moves a weight by a little: of the difference of the two as integers the high bytes are mostly zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import TYPE_CHECKING

from jupyter_mlversion.store.encoding.planes import WIDTHS, join, numbers_in, planes_in, split, whole

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding.codec import Bytes
    from jupyter_mlversion.store.encoding.planes import Numbers

_HEAD = Struct("<BBHI")


class Delta:
    """The frame: width, lead, zero, the offset of the former bytes in the bases; the rest as in byte planes."""

    def encode(
        self, data: Bytes, bases: Sequence[Bytes], width: int, /, *, lead: int = 0, skip: int = 0
    ) -> bytes | None:
        """The frame, or None where it is not shorter.

        Parameters
        ----------
        lead : bytes before the first number, below `width`.
        skip : bytes of the bases before what the first byte of `data` was; zeros are thought behind their end.
        """
        if width not in WIDTHS or not bases:
            return None
        numbers, rest = numbers_in(data, width, lead)
        difference = numbers - _before(bases, skip, len(data), width, lead)
        frame = b"".join([_HEAD.pack(width, lead, 0, skip), *split(_zigzag(difference)), rest])
        return frame if len(frame) < len(data) else None

    def decode(self, frame: Bytes, bases: Sequence[Bytes], length: int, /) -> Bytes:
        """The bytes."""
        if len(frame) < _HEAD.size:
            raise ValueError("the frame is too short")
        width, lead, zero, skip = _HEAD.unpack_from(frame)
        if zero or not bases:
            raise ValueError("no such frame")
        planes, rest = planes_in(frame, _HEAD.size, width, lead, length)
        before = _before(bases, skip, length, width, lead)

        def finish(block: Numbers, start: int) -> None:
            _unzigzag(block)
            block += before[start:start + len(block)]

        return whole(join(planes, finish), lead, rest)


def _before(bases: Sequence[Bytes], skip: int, length: int, width: int, lead: int) -> Numbers:
    """As many numbers as are in `length` bytes, from the bases."""
    base = bases[0] if len(bases) == 1 else b"".join(bases)
    part = memoryview(base).cast("B")[skip:skip + length]
    if len(part) < length:
        part = memoryview(bytes(part) + bytes(length - len(part)))
    return numbers_in(part, width, lead)[0]


def _zigzag(difference: Numbers) -> Numbers:
    """0, -1, 1, -2, … as 0, 1, 2, 3, …, so that small differences have zeros in front; in place."""
    kind = difference.dtype.type
    signs = difference >> kind(difference.dtype.itemsize * 8 - 1)
    difference <<= kind(1)
    difference ^= kind(0) - signs
    return difference


def _unzigzag(numbers: Numbers) -> None:
    """The inverse of `_zigzag`; in place."""
    import numpy as np

    kind = numbers.dtype.type
    signs = numbers & kind(1)
    numbers >>= kind(1)
    numbers ^= np.negative(signs, out=signs)
