"""NumPy's `.npy` and `.npz`, read without `numpy.load`: what is no array of numbers is told and not opened."""

from __future__ import annotations

import ast
import math
import struct
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from jupyter_mlversion.compare.inside.source import Source, Window
from jupyter_mlversion.compare.inside.tensors.members import Inflated, Inflater, members
from jupyter_mlversion.compare.inside.tensors.tensor import WIDTHS, Tensor, Tensors, checked_shape

if TYPE_CHECKING:
    from typing import Any

MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 16
_LARGEST_MEMBER = 256 << 20
"""Bytes of a compressed array that are decoded to be compared."""


def npy(source: Source, name: str = "array") -> Tensors:
    """The one array of a file.

    Raises
    ------
    ValueError : it is none.
    """
    return Tensors("npy", (_array(source, name),))


def npz(archive: zipfile.ZipFile, source: Source) -> Tensors:
    """The arrays of an archive; those that are compressed are decoded only to be compared, and only if they are small.

    Raises
    ------
    ValueError, zipfile.BadZipFile : it is none.
    """
    found, inflater = [], Inflater(archive)
    for member, place in members(archive, source):
        name = member.filename.removesuffix(".npy")
        if place is not None:
            found.append(_array(place, name))
            continue
        head = Inflated(inflater, member, most=_LONGEST_HEADER + 16)
        small = member.file_size <= _LARGEST_MEMBER
        found.append(_array(head, name, Inflated(inflater, member) if small else None, member.file_size))
    return Tensors("npz", tuple(found))


def _array(head: Source, name: str, body: Source | None = None, size: int | None = None) -> Tensor:
    """The array that begins with `head`; `body` has all of it, and `size` bytes, where that is another source."""
    first = bytes(head.read(0, 12))
    if not first.startswith(MAGIC):
        raise ValueError("no array of NumPy")
    start, form = (10, "<H") if first[6] == 1 else (12, "<I")
    (length,) = struct.unpack_from(form, first, 8)
    if length > _LONGEST_HEADER:
        raise ValueError("the header is too long")
    header: Any = ast.literal_eval(bytes(head.read(start, length)).decode("latin-1").strip())
    shape = checked_shape(name, header["shape"])
    rest = (head.size if size is None else size) - start - length
    if not isinstance(header["descr"], str):  # fields with names
        return Tensor(name, "structured", shape, rest)
    dtype = np.dtype(header["descr"])
    if dtype.hasobject:  # a pickle
        return Tensor(name, "object", shape, rest)
    nbytes = math.prod(shape) * dtype.itemsize
    whole = head if size is None else body
    readable = whole is not None and dtype.name in WIDTHS and nbytes <= rest
    values = Window(whole, start + length, nbytes) if readable and whole is not None else None
    turned = bool(header["fortran_order"]) and len(shape) > 1
    return Tensor(name, dtype.name, shape, nbytes, values, big=dtype.str.startswith(">"), turned=turned)
