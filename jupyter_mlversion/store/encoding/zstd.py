"""Encoding 1: one Zstandard frame that states its content size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.store.encoding.frame import grow, shrink

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding.codec import Bytes

_QUICK = {"compression_level": 1}  # a checkpoint has no time for more; what lies long is encoded again


class Zstd:
    """Zstandard, without bases."""

    def encode(
        self, data: Bytes, _bases: Sequence[Bytes], _width: int, /, *, options: Mapping[str, int] = _QUICK
    ) -> bytes:
        """One frame, by the library's parameters with the names in `options`."""
        return shrink(data, options)

    def decode(self, frame: Bytes, _bases: Sequence[Bytes], length: int, /) -> bytes:
        """The content of the frame."""
        return grow(frame, length)
