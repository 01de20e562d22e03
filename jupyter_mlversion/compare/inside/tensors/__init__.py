"""Files of tensors: what they tell about themselves without any code of theirs being run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.compare.inside.tensors import hdf5, keras, numpy_files, onnx, safetensors, torch
from jupyter_mlversion.compare.inside.tensors.members import opened

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source
    from jupyter_mlversion.compare.inside.tensors.tensor import Tensors

_HEAD = 64


def tensors_of(source: Source, path: str) -> Tensors | None:
    """The tensors in a file; None when it is no file of tensors.

    Raises
    ------
    ValueError, KeyError, zipfile.BadZipFile, … : it begins as one and is none.
    """
    head = bytes(source.read(0, _HEAD))
    if head.startswith(numpy_files.MAGIC):
        return numpy_files.npy(source)
    if head.startswith(hdf5.MAGIC):
        return hdf5.hdf5(source)
    if head.startswith(b"PK\x03\x04"):
        archive = opened(source)
        if (weights := keras.weights_of(archive, source)) is not None:
            return hdf5.hdf5(weights)
        if (pickle := torch.pickle_of(archive)) is not None:
            return torch.torch(archive, source, pickle)
        names = archive.namelist()
        return numpy_files.npz(archive, source) if names and all(name.endswith(".npy") for name in names) else None
    if safetensors.is_safetensors(head, source.size) and path.lower().endswith((".safetensors", ".sft")):
        return safetensors.safetensors(source)
    return onnx.onnx(source) if onnx.is_onnx(head, path) else None
