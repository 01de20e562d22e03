"""What a zip file holds, told from its table of contents."""

from __future__ import annotations

import os
import struct
import zipfile
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import Role

if TYPE_CHECKING:
    from typing import BinaryIO

_LARGEST_TABLE = 4 << 20
"""Bytes; a larger table of contents is not worth the memory."""

_MOST_COMMENT = 1 << 16


def role_of(file: BinaryIO, size: int) -> Role | None:
    """Model for torch, Keras, skops and what wraps torch; data for ``.npz`` and spreadsheets; else None.

    Raises
    ------
    Exception : whatever a broken zip file makes `zipfile` raise.
    """
    names = _names(file, size)
    if not names:
        return None
    if any(name.endswith((".pth", ".pt", ".safetensors")) or name.rpartition("/")[2] == "data.pkl" for name in names):
        return Role.MODEL
    bare = set(names)
    if "config.json" in bare and any(name.startswith("model.weights") for name in names):
        return Role.MODEL
    if "schema.json" in bare and any(name.endswith(".npy") for name in names):
        return Role.MODEL
    if "[Content_Types].xml" in bare or all(name.endswith(".npy") for name in names):
        return Role.DATA
    return None


def _names(file: BinaryIO, size: int) -> list[str]:
    if _table_size(file, size) > _LARGEST_TABLE:
        return []
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


def _table_size(file: BinaryIO, size: int) -> int:
    """Bytes of the table of contents, as the end of the file says."""
    start = max(0, size - _MOST_COMMENT - 22)
    file.seek(start, os.SEEK_SET)
    tail = file.read(size - start)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return size
    (length,) = struct.unpack_from("<I", tail, end + 12)
    if length != 0xFFFFFFFF:  # noqa: PLR2004 - else the 64-bit record holds it
        return int(length)
    record = tail.rfind(b"PK\x06\x06", 0, end)
    return int(struct.unpack_from("<Q", tail, record + 40)[0]) if record >= 0 else size
