"""Pictures: where they come from, and what is compared of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import MissingPackage

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.clock import Clock

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
SMALLEST = 16
"""Pixels a side below which a picture is only a row of numbers."""

SIDE = 16
"""Pixels a side of the thumbnails that are compared."""

_LOOKED = 20


class Images:
    """Pictures, read one by one.

    Parameters
    ----------
    pictures : paths, Pillow's images, or one array of count by height by width, perhaps by channels.
    """

    def __init__(self, pictures: Any) -> None:
        self._pictures = pictures

    def __len__(self) -> int:
        return len(self._pictures)

    def thumbnails(self, clock: Clock) -> tuple[Any, list[int]]:
        """A grey thumbnail of 17 by 16 pixels for each picture (floats, 0 to 255), and the numbers of unreadable ones.

        Raises
        ------
        MissingPackage : they are no array, and Pillow is not installed.
        """
        import numpy as np

        found = np.zeros((len(self), SIDE, SIDE + 1), dtype=np.float32)
        unreadable = []
        for number in range(len(self)):
            clock.tick()
            thumbnail = self._thumbnail(number)
            if thumbnail is None:
                unreadable.append(number)
            else:
                found[number] = thumbnail
        return found, unreadable

    def _thumbnail(self, number: int) -> Any:
        import numpy as np

        if hasattr(self._pictures, "ndim"):
            return _shrunk(np.asarray(self._pictures[number], dtype=float))
        try:
            from PIL import Image
        except ImportError as error:
            message = "Pillow is needed to look at pictures"
            raise MissingPackage(message, hint='pip install "jupyter_mlversion[images]"') from error
        picture = self._pictures[number]
        try:
            opened = Image.open(picture) if isinstance(picture, (str, os.PathLike)) else picture
            if isinstance(picture, (str, os.PathLike)):
                opened.draft("L", (4 * SIDE, 4 * SIDE))  # a JPEG is decoded at a fraction of its size
            grey = opened.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None
        return np.asarray(grey, dtype=float)


def images_of(data: Any) -> Images | None:
    """The pictures that `data` is, or None: a large enough array, a list of Pillow's images, paths of picture files."""
    shape = getattr(data, "shape", ())
    if len(shape) in {3, 4}:
        return Images(data) if min(shape[1:3]) >= SMALLEST else None
    if shape or isinstance(data, str) or not isinstance(data, Sequence) or not len(data):
        return None
    if all(_is_picture(item) for item in data[:_LOOKED]):
        return Images(data)
    return None


def _is_picture(item: object) -> bool:
    if isinstance(item, (str, os.PathLike)):
        return os.fspath(item).lower().endswith(SUFFIXES) and os.path.isfile(item)
    return hasattr(item, "convert") and hasattr(item, "resize")


def _shrunk(picture: Any) -> Any:
    """The means of 16 by 17 cells of equal size, grey, from 0 to 255 where the values go from 0 to 1."""
    import numpy as np

    if picture.ndim == 3:  # noqa: PLR2004 - channels are last
        picture = picture.mean(axis=2)
    rows = np.linspace(0, picture.shape[0], SIDE + 1).astype(int)[:-1]
    columns = np.linspace(0, picture.shape[1], SIDE + 2).astype(int)[:-1]
    rows, columns = np.unique(rows), np.unique(columns)
    sums = np.add.reduceat(np.add.reduceat(picture, rows, axis=0), columns, axis=1)
    sizes = np.outer(np.diff(np.append(rows, picture.shape[0])), np.diff(np.append(columns, picture.shape[1])))
    small = sums / sizes
    grid = np.ix_(np.arange(SIDE) * len(rows) // SIDE, np.arange(SIDE + 1) * len(columns) // (SIDE + 1))
    small = np.nan_to_num(small[grid])
    return small * 255 if np.abs(small).max() <= 1 else small
