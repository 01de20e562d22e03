"""How bytes lie in a frame: a registry from the number in the pack to a codec.

Numbers are never given anew: a pack that was written once stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlversion.store.encoding.codec import Bytes, Codec
from jupyter_mlversion.store.encoding.delta import Delta
from jupyter_mlversion.store.encoding.planes import Planes
from jupyter_mlversion.store.encoding.prefix import Prefix
from jupyter_mlversion.store.encoding.raw import Raw
from jupyter_mlversion.store.encoding.zstd import Zstd

__all__ = ["CODECS", "DELTA", "PLANES", "PREFIX", "RAW", "ZSTD", "Bytes", "Codec", "decode", "encode"]

RAW = 0
ZSTD = 1
PLANES = 2
DELTA = 3
PREFIX = 4

CODECS: dict[int, Codec] = {RAW: Raw(), ZSTD: Zstd(), PLANES: Planes(), DELTA: Delta(), PREFIX: Prefix()}

_PROBED = 32 * 1024
"""First bytes of a frame that tell whether the rest is worth trying."""

_WORTH = 0.9


def encode(data: Bytes) -> tuple[int, Bytes]:
    """The number of the encoding that a checkpoint has time for, and the frame."""
    if len(data) <= 2 * _PROBED or _shrunk(memoryview(data)[:_PROBED]) is not None:
        frame = _shrunk(data)
        if frame is not None:
            return ZSTD, frame
    return RAW, data


def _shrunk(data: Bytes) -> Bytes | None:
    frame = CODECS[ZSTD].encode(data, (), 0)
    return frame if frame is not None and len(frame) <= _WORTH * len(data) else None


def decode(encoding: int, frame: Bytes, length: int, bases: Sequence[Bytes] = ()) -> Bytes:
    """The `length` bytes in `frame`.

    Parameters
    ----------
    bases : the bytes of the chunks that the frame names as its bases, in its order.

    Raises
    ------
    ValueError : the encoding is unknown, or the frame is not one of it with that length.
    """
    if encoding not in CODECS:
        message = f"unknown encoding {encoding}"
        raise ValueError(message)
    data = CODECS[encoding].decode(frame, bases, length)
    if len(data) != length:
        message = f"{len(data)} bytes where {length} were expected"
        raise ValueError(message)
    return data
