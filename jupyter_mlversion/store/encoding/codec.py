"""What every codec is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Bytes = bytes | bytearray | memoryview


class Codec(Protocol):
    """A pair of inverse functions; both may run in several threads at once.

    A frame holds all that the codec needs besides the bases and the decoded length.
    """

    def encode(self, data: Bytes, bases: Sequence[Bytes], width: int, /) -> Bytes | None:
        """The frame of `data`, or None when this codec has nothing to gain on it.

        Parameters
        ----------
        bases : what the decoder will be given too, in the same order.
        width : bytes of one float of `data` (2, 4, 8), 0 when they are not floats.
        """

    def decode(self, frame: Bytes, bases: Sequence[Bytes], length: int, /) -> Bytes:
        """The `length` bytes that were encoded.

        The frame may be hostile: nothing larger than `length` and the frame may be allocated for it.

        Raises
        ------
        ValueError : the frame is not one of this codec with that length and those bases.
        """
