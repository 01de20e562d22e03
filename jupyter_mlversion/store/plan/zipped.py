"""Zip files: `.pt` and `.pth` of PyTorch, `.npz` of NumPy, `.keras`. Members that are not compressed begin chunks."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan import hdf5, npy
from jupyter_mlversion.store.plan.pickled import LONGEST, storages_in
from jupyter_mlversion.store.plan.region import Region, in_order

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.region import Headers

_LOCAL = 30  # bytes of the header before a member, without its name and extra field
_LOOK = 16
_PICKLE = re.compile(r"(^|/)data\.pkl$")  # PyTorch's; it tells what the storages hold, is never loaded,
_STORAGE = re.compile(r"(^|/)data/([0-9]+)$")
_STORAGE_WIDTH = 4  # and where it says nothing, they mostly hold this


def is_zip(head: bytes) -> bool:
    """Whether a file begins so."""
    return head.startswith(b"PK\3\4")


def regions(headers: Headers) -> Iterator[Region]:
    """The members, and for arrays and HDF5 files what is in them.

    Raises
    ------
    ValueError, zipfile.BadZipFile : it is none.
    """
    widths: dict[str, int] = {}
    with zipfile.ZipFile(_File(headers)) as members:
        for member in members.infolist():
            local = headers.read(member.header_offset, _LOCAL)
            if not is_zip(local):
                raise ValueError("a member without a header")
            name, extra = int.from_bytes(local[26:28], "little"), int.from_bytes(local[28:30], "little")
            start = member.header_offset + _LOCAL + name + extra
            if member.compress_type == zipfile.ZIP_STORED:
                inner = headers.within(start, member.file_size)
                if _PICKLE.search(member.filename):  # the first member
                    widths = _widths(inner)
                storage = _STORAGE.search(member.filename)
                width = widths.get(storage[2], _STORAGE_WIDTH) if storage else 0
                yield from _stored(inner, start, width)
            else:
                yield Region(start, member.compress_size, 0)


def _widths(pickle: Headers) -> dict[str, int]:
    """Bytes of the numbers in PyTorch's storages, by their names."""
    try:
        kinds = storages_in(io.BytesIO(pickle.read(0, min(pickle.size, LONGEST))))
    except Exception:  # noqa: BLE001 (torn, hostile or too long: then nothing is known)
        return {}
    return {key: kind.width for key, kind in kinds.items()}


def _stored(member: Headers, start: int, width: int) -> Iterator[Region]:
    try:
        found = in_order(_inner(member, width), member.size)
    except Exception:  # noqa: BLE001 (a member is cut like anything unknown, whatever is wrong with it)
        found = []
    for region in found or [Region(0, member.size, 0)]:
        yield region._replace(offset=start + region.offset)


def _inner(member: Headers, width: int) -> Iterator[Region]:
    head = member.read(0, min(_LOOK, member.size))
    if npy.is_npy(head):
        return npy.regions(member)
    if hdf5.is_hdf5(head):
        return hdf5.regions(member)
    return iter([Region(0, member.size, width)])


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
