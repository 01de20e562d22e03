"""Encoding 1: one Zstandard frame that states its content size."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zstandard

    from jupyter_mlversion.store.encoding.codec import Bytes

_LEVEL = 1  # a checkpoint has no time for more; what lies long is encoded again
_own = threading.local()  # a compressor may not serve two threads


class Zstd:
    """Zstandard, without bases."""

    def encode(self, data: Bytes, _bases: Sequence[Bytes], _width: int, /) -> bytes:
        """One frame."""
        return _compressor().compress(data)

    def decode(self, frame: Bytes, _bases: Sequence[Bytes], length: int, /) -> bytes:
        """The content of the frame."""
        import zstandard

        try:
            # asked first, so that a hostile frame cannot make us allocate what it claims
            if zstandard.frame_content_size(frame) != length:
                message = "the frame is of another length"
                raise ValueError(message)
            return zstandard.ZstdDecompressor().decompress(frame)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error


def _compressor() -> zstandard.ZstdCompressor:
    import zstandard

    made: zstandard.ZstdCompressor | None = getattr(_own, "compressor", None)
    if made is None:
        made = _own.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    return made
