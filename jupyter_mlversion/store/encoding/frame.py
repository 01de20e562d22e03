"""Zstandard's library, bounded by what a pack says about its frames.

Python 3.14 has it; before, `backports.zstd` is the same code.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding.codec import Bytes

_SHORTEST_PREFIX = 8  # bytes; the library takes no shorter one


@cache
def library() -> Any:
    """The module, loaded when it is needed first."""
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def shrink(data: Bytes, options: Mapping[str, int], prefix: Bytes = b"") -> bytes:
    """One frame that states its content size.

    Parameters
    ----------
    options : names of the library's parameters, and their values.
    prefix : bytes that come before the content, as it were, and that the decoder will be given too.
    """
    zstd = library()
    chosen = {getattr(zstd.CompressionParameter, name): value for name, value in options.items()}
    frame: bytes = zstd.compress(data, options=chosen, zstd_dict=_prefixed(prefix))
    return frame


def grow(frame: Bytes, length: int, prefix: Bytes = b"") -> bytes:
    """The `length` bytes of which `frame` is the one frame.

    Raises
    ------
    ValueError : it is not; nothing longer was allocated to find that out.
    """
    zstd = library()
    try:
        # asked first, so that a hostile frame cannot make us allocate what it claims
        if zstd.get_frame_info(frame).decompressed_size != length:
            raise ValueError("the frame is of another length")
        decoder = zstd.ZstdDecompressor(zstd_dict=_prefixed(prefix))
        data: bytes = decoder.decompress(frame, max_length=length or 1)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
    if not decoder.eof or decoder.unused_data:
        raise ValueError("the frame is not one whole frame")
    return data


def _prefixed(prefix: Bytes) -> Any:
    if len(prefix) < _SHORTEST_PREFIX:
        return None
    return library().ZstdDict(prefix, is_raw=True).as_prefix
