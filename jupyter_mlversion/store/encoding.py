"""How the bytes of a chunk lie in its frame: a registry from the number in the pack to a pair of inverse functions.

Numbers are never given anew: a pack that was written once stays readable.
"""

from __future__ import annotations

from collections.abc import Callable

RAW = 0
ZSTD = 1

_ZSTD_BELOW = 128 * 1024  # larger chunks are mostly weights, which zstd shrinks little and slowly
_ZSTD_LEVEL = 3
_WORTH = 0.9

Bytes = bytes | memoryview


def encode(data: Bytes) -> tuple[int, Bytes]:
    """The number of the encoding chosen for `data`, and the frame."""
    if 0 < len(data) < _ZSTD_BELOW:
        frame = _shrink(data)
        if len(frame) <= _WORTH * len(data):
            return ZSTD, frame
    return RAW, data


def decode(encoding: int, frame: bytes, length: int) -> bytes:
    """The `length` bytes of the chunk in `frame`.

    Raises
    ------
    ValueError : the encoding is unknown, or the frame is not one of it with that length.
    """
    if encoding not in _DECODERS:
        message = f"unknown encoding {encoding}"
        raise ValueError(message)
    data = _DECODERS[encoding](frame, length)
    if len(data) != length:
        message = f"{len(data)} bytes where {length} were expected"
        raise ValueError(message)
    return data


def _shrink(data: Bytes) -> bytes:
    import zstandard

    # a compressor of its own each time, because one may not serve two threads
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)


def _same(frame: bytes, _length: int) -> bytes:
    return frame


def _grow(frame: bytes, length: int) -> bytes:
    import zstandard

    try:
        # asked first, so that a hostile frame cannot make us allocate what it claims
        if zstandard.frame_content_size(frame) != length:
            message = "the frame is of another length"
            raise ValueError(message)
        return zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


_DECODERS: dict[int, Callable[[bytes, int], bytes]] = {RAW: _same, ZSTD: _grow}
