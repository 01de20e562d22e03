"""Pictures: what one is, and by how much two differ."""

from __future__ import annotations

import re
import struct
from struct import unpack_from
from typing import IO, TYPE_CHECKING, Any, cast

from jupyter_mlversion.compare.inside.source import File

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_HEAD = 1 << 16
_MOST_PIXELS = 40_000_000
"""Pixels that are decoded: a small file can claim any number."""

MEDIA = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
         "svg": "image/svg+xml"}
"""Formats that every browser shows, and their media types."""

_DECODED = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""What Pillow may decode: it knows formats that start other programs."""

_AT_ONCE = 1 << 20
"""Pixels that are compared at once."""

_SVG = re.compile(rb"<svg[\s>]")
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def format_of(head: bytes, path: str) -> str | None:
    """The format of a picture that begins so; None when it is none that a browser shows."""
    for start, name in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp")):
        if head.startswith(start):
            return None if name == "bmp" and not path.lower().endswith(".bmp") else name
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return "svg" if path.lower().endswith(".svg") and _SVG.search(head[:4096]) else None


def picture_preview(source: Source, name: str) -> dict[str, Any]:
    """Format and size of a picture; null where the file does not say."""
    width, height = _size(bytes(source.read(0, _HEAD)), name) or (None, None)
    return {"format": name, "media": MEDIA[name], "width": width, "height": height}


def picture_difference(before: Source, after: Source) -> dict[str, Any]:
    """Share of the pixels that differ, largest and mean difference (0 to 255) of two pictures of the same size.

    ``pixels`` is null, and ``why`` says why, when that cannot be told.
    """
    try:
        from PIL import Image
    except ImportError:
        return {"pixels": None, "why": 'Comparing pixels needs Pillow: pip install "jupyter_mlversion[images]"'}
    import numpy as np

    arrays = []
    for source in (before, after):
        try:
            with Image.open(cast("IO[bytes]", File(source)), formats=_DECODED) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return {"pixels": None, "why": "The pictures are too large to compare their pixels."}
                arrays.append(np.asarray(image.convert("RGBA")))
        except Exception as error:  # noqa: BLE001 - decoders of foreign bytes may fail in any way
            return {"pixels": None, "why": f"The pixels cannot be read: {type(error).__name__}."}
    if arrays[0].shape != arrays[1].shape:
        return {"pixels": None, "why": "The pictures have different sizes."}
    height, width, channels = arrays[0].shape
    total, count, largest, added = height * width, 0, 0, 0
    step = max(1, _AT_ONCE // max(1, width))
    for row in range(0, height, step):
        one, two = (array[row:row + step].astype(np.int16) for array in arrays)
        difference = np.abs(one - two)
        count += int(difference.any(axis=2).sum())
        largest = max(largest, int(difference.max(initial=0)))
        added += int(difference.sum(dtype=np.int64))
    return {"pixels": {"differ": count, "total": total, "largest": largest,
                       "mean": added / (total * channels) if total else 0.0}, "why": ""}


def _size(head: bytes, name: str) -> tuple[int, int] | None:
    """Width and height in pixels."""
    try:
        if name == "png":
            width, height = unpack_from(">II", head, 16)
        elif name == "gif":
            width, height = unpack_from("<HH", head, 6)
        elif name == "bmp":
            width, height = unpack_from("<ii", head, 18)
        elif name == "jpeg":
            return _jpeg(head)
        elif name == "webp":
            return _webp(head)
        else:
            return None
    except (IndexError, struct.error):
        return None
    return int(width), abs(int(height))


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:  # noqa: PLR2004 - a marker
        if head[at + 1] in _START_OF_FRAME:
            height, width = unpack_from(">HH", head, at + 5)
            return int(width), int(height)
        at += 2 + int(unpack_from(">H", head, at + 2)[0])
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8 ":
        width, height = unpack_from("<HH", head, 26)
        return int(width) & 0x3FFF, int(height) & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
