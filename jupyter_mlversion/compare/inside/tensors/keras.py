"""Keras' `.keras`: a zip file that holds, beside the configuration, the weights as HDF5."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from jupyter_mlversion.compare.inside.tensors.members import Inflated, Inflater, members

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_WEIGHTS = "model.weights.h5"
_LARGEST = 256 << 20
"""Bytes of compressed weights that are decoded."""


def weights_of(archive: zipfile.ZipFile, source: Source) -> Source | None:
    """The HDF5 file with the weights; None when it is no file of Keras, or they are compressed and too large.

    Raises
    ------
    ValueError : a member has no header where it should.
    """
    if _WEIGHTS not in archive.namelist():
        return None
    for member, place in members(archive, source):
        if member.filename == _WEIGHTS:
            return place or (Inflated(Inflater(archive), member) if member.file_size <= _LARGEST else None)
    return None
