"""Encoding 0: the bytes as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding.codec import Bytes


class Raw:
    """The frame is the bytes."""

    def encode(self, data: Bytes, _bases: Sequence[Bytes], _width: int, /) -> Bytes:
        """The same bytes."""
        return data

    def decode(self, frame: Bytes, _bases: Sequence[Bytes], _length: int, /) -> Bytes:
        """The same bytes."""
        return frame
