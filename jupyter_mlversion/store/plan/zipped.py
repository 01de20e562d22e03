"""Zip files: `.pt` and `.pth` of PyTorch, `.npz` of NumPy, `.keras`. Members that are not compressed begin chunks."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan import hdf5, npy
from jupyter_mlversion.store.plan.region import Region, in_order

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_LOCAL = 30  # bytes of the header before a member, without its name and extra field
_LOOK = 16
_STORAGE = re.compile(r"(^|/)data/[0-9]+$")  # PyTorch's; what they hold is told by a pickle, which is never loaded,
_STORAGE_WIDTH = 4  # and is mostly this


def is_zip(head: bytes) -> bool:
    """Whether a file begins so."""
    return head.startswith(b"PK\3\4")


def regions(headers: Headers) -> Iterator[Region]:
    """The members, and for arrays and HDF5 files what is in them.

    Raises
    ------
    ValueError, zipfile.BadZipFile : it is none.
    """
    with zipfile.ZipFile(_File(headers)) as members:
        for member in members.infolist():
            local = headers.read(member.header_offset, _LOCAL)
            if not is_zip(local):
                raise ValueError("a member without a header")
            name, extra = int.from_bytes(local[26:28], "little"), int.from_bytes(local[28:30], "little")
            start = member.header_offset + _LOCAL + name + extra
            if member.compress_type == zipfile.ZIP_STORED:
                yield from _stored(headers.within(start, member.file_size), start, member.filename)
            else:
                yield Region(start, member.compress_size, 0)


def _stored(member: Headers, start: int, name: str) -> Iterator[Region]:
    try:
        found = in_order(_inner(member, name), member.size)
    except Exception:  # noqa: BLE001 (a member is cut like anything unknown, whatever is wrong with it)
        found = []
    for region in found or [Region(0, member.size, 0)]:
        yield region._replace(offset=start + region.offset)


def _inner(member: Headers, name: str) -> Iterator[Region]:
    head = member.read(0, min(_LOOK, member.size))
    if npy.is_npy(head):
        return npy.regions(member)
    if hdf5.is_hdf5(head):
        return hdf5.regions(member)
    return iter([Region(0, member.size, _STORAGE_WIDTH if _STORAGE.search(name) else 0)])


class _File(io.RawIOBase):
    """Headers as the file that `zipfile` wants."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._position = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._headers.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        left = max(self._headers.size - self._position, 0)
        data = self._headers.read(self._position, left if size < 0 else min(size, left))
        self._position += len(data)
        return data
