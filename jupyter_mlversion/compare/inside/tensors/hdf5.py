"""HDF5, as Keras writes weights: listed by h5py in a process of its own: its library is not made for hostile files."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside.source import Window
from jupyter_mlversion.compare.inside.tensors.tensor import MOST_TENSORS, Tensor, Tensors, checked_shape
from jupyter_mlversion.errors import MissingPackage

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

MAGIC = b"\x89HDF\r\n\x1a\n"
_SECONDS = 20
_LARGEST = 4 << 30
_BLOCK = 1 << 22
_MISSING = 3
"""Exit code of the process where there is no h5py."""


def hdf5(source: Source) -> Tensors:
    """The data sets of a file; the values of those that lie in it as they are can be read.

    Raises
    ------
    MissingPackage : there is no h5py.
    ValueError : it cannot be read, takes too long, or is too large to be looked into.
    """
    if source.size > _LARGEST:
        raise ValueError("the file is too large")
    with tempfile.NamedTemporaryFile(prefix="mlversion-", suffix=".h5") as file:
        for offset in range(0, source.size, _BLOCK):
            file.write(source.read(offset, _BLOCK))
        file.flush()
        listed = _listed(file.name)
    tensors = [_tensor(source, *entry) for entry in listed["sets"]]
    return Tensors("hdf5", tuple(tensors), {str(name): str(value) for name, value in listed["facts"].items()})


def _listed(path: str) -> Any:
    words = [sys.executable, "-I", "-c", _PROGRAM, path, str(MOST_TENSORS)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise ValueError("it takes too long to be read") from error
    if done.returncode == _MISSING:
        message = "looking into HDF5 files needs h5py"
        raise MissingPackage(message, hint='pip install "jupyter_mlversion[models]"')
    if done.returncode:
        raise ValueError("it cannot be read as HDF5")
    return json.loads(done.stdout)


def _tensor(source: Source, name: str, dtype: str, shape: list[int], nbytes: int, offset: int | None) -> Tensor:
    big = dtype.startswith(">")
    plain = dtype.removeprefix(">")
    values = None if offset is None or offset < 0 else Window(source, offset, nbytes)
    return Tensor(name, plain, checked_shape(name, shape), nbytes, values, big=big)


_PROGRAM = """
import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
except (ImportError, ValueError, OSError):
    pass
try:
    import h5py
except ImportError:
    sys.exit(3)
sets, facts = [], {}
def visit(name, found):
    if isinstance(found, h5py.Dataset) and len(sets) < int(sys.argv[2]):
        kind = found.dtype
        number = kind.kind in "fiubc"
        text = ("" if kind.str[0] != ">" else ">") + (kind.name if number else str(kind))
        lies = found.id.get_offset() if found.shape is not None and found.chunks is None and number else None
        sets.append([name.replace("/", "."), text, list(found.shape or ()),
                     int(found.size or 0) * kind.itemsize, lies])
with h5py.File(sys.argv[1], "r") as file:
    file.visititems(visit)
    for name in ("keras_version", "backend"):
        if name in file.attrs:
            value = file.attrs[name]
            facts[name] = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
print(json.dumps({"sets": sets, "facts": facts}))
"""
