"""Images as bytes that hold no script."""

from __future__ import annotations

import io
import os
from pathlib import Path
from time import time
from typing import Any

from jupyter_mlversion.errors import MissingPackage, UsageError
from jupyter_mlversion.tracking.item import Item

_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_BYTES = 255
_GREY, _COLOURED = 2, 3
_CHANNELS = (1, 3, 4)


def image_item(name: str, image: Any, step: int | None = None) -> Item:
    """An image of Pillow; an array or tensor (height, width) or (height, width, 1, 3 or 4); bytes or a path of one.

    Parameters
    ----------
    image : arrays of whole numbers from 0 to 255, or of fractions from 0 to 1.

    Raises
    ------
    UsageError : it is none of these, or another format than PNG, JPEG, GIF and WebP.
    MissingPackage : Pillow is needed for it.
    """
    if isinstance(image, str | os.PathLike):
        image = Path(image).read_bytes()
    if isinstance(image, bytes | bytearray | memoryview):
        data = bytes(image)
        return Item(name, "image", _media(name, data), time(), step, data)
    if not hasattr(image, "save"):
        image = _drawn(name, image)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return Item(name, "image", "image/png", time(), step, buffer.getvalue())


def _media(name: str, data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    media = next((media for magic, media in _MAGIC.items() if data.startswith(magic)), None)
    if media is None:
        message = f"image {name!r}: the bytes are no PNG, JPEG, GIF or WebP"
        raise UsageError(message)
    return media


def _drawn(name: str, image: Any) -> Any:
    try:
        import numpy as np
        from PIL import Image
    except ImportError as error:
        message = f"image {name!r}: Pillow and NumPy are needed to write an array as a picture"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[images]"') from error
    try:
        array = np.asarray(image.detach().cpu() if hasattr(image, "detach") else image)
        grey = array.ndim == _GREY
        usable = array.size and (grey or (array.ndim == _COLOURED and array.shape[2] in _CHANNELS))
        low, high = (array.min(), array.max()) if usable and array.dtype.kind in "buif" else (-1, -1)
    except (TypeError, ValueError):
        usable, low, high = False, -1, -1
    limit = 1 if usable and array.dtype.kind in "bf" else _BYTES
    if not usable or not 0 <= low <= high <= limit:
        message = (f"image {name!r}: an array (height, width) or (height, width, 1, 3 or 4) is needed, of whole "
                   "numbers 0 to 255 or fractions 0 to 1")
        raise UsageError(message, hint="For (channels, height, width) write image.permute(1, 2, 0).")
    pixels = np.round(array * _BYTES).astype(np.uint8) if limit == 1 else array.astype(np.uint8)
    return Image.fromarray(pixels[:, :, 0] if pixels.ndim == _COLOURED and pixels.shape[2] == 1 else pixels)
