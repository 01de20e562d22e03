"""Footers of packs of format version 1, which are read and no longer written: one chunk a frame, no bases, no gaps."""

from __future__ import annotations

from struct import Struct

from jupyter_mlversion.store.layout import Chunk, Footer, Frame, load_manifests

VERSION = 1

_COUNTS = Struct("<QQ")
_CHUNK = Struct("<32s32sQQQI")


def load_footer(data: bytes) -> Footer:
    """What a footer of version 1 lists, in the terms of the present version.

    Raises
    ------
    ValueError : the bytes are not a footer.
    """
    if len(data) < _COUNTS.size:
        raise ValueError("the footer is too short")
    count, manifest_count = _COUNTS.unpack_from(data)
    end = _COUNTS.size + count * _CHUNK.size
    if end > len(data):
        raise ValueError("the footer is shorter than its list of chunks")
    frames, chunks = [], []
    for number, (chunk, seal, offset, stored, length, encoding) in enumerate(
        _CHUNK.iter_unpack(data[_COUNTS.size:end])
    ):
        frames.append(Frame(seal, offset, stored, length, encoding))
        chunks.append(Chunk(chunk, number, 0, length))
    return Footer(tuple(frames), tuple(chunks), tuple(load_manifests(data, end, manifest_count)))
