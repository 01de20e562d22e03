"""PyTorch's `.pt` and `.pth`: a zip file of storages, and a pickle that is described and never run."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside.source import Window
from jupyter_mlversion.compare.inside.tensors.inert import Elsewhere, Made, Name, described
from jupyter_mlversion.compare.inside.tensors.members import members
from jupyter_mlversion.compare.inside.tensors.tensor import MOST_TENSORS, WIDTHS, Tensor, Tensors, checked_shape

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_LARGEST_PICKLE = 64 << 20
_DEEPEST = 64
_LONGEST_KEY = 200
_STORAGES = {"DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
             "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16",
             "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
             "ComplexDoubleStorage": "complex128", "Float8_e4m3fnStorage": "float8_e4m3fn",
             "Float8_e5m2Storage": "float8_e5m2"}
_INNER = frozenset({"_parameters", "_buffers", "_modules"})
"""Dictionaries of a module that do not show in the names of its parameters."""


def pickle_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """The member that says what is what; None when it is no file of torch."""
    return next((member for member in archive.infolist() if member.filename.rpartition("/")[2] == "data.pkl"), None)


def torch(archive: zipfile.ZipFile, source: Source, pickle: zipfile.ZipInfo) -> Tensors:
    """The tensors of a file.

    Raises
    ------
    ValueError, zipfile.BadZipFile : it is none, or its pickle cannot be followed.
    """
    if pickle.file_size > _LARGEST_PICKLE:
        raise ValueError("the pickle is too long")
    with archive.open(pickle) as file:
        root = described(file.read(_LARGEST_PICKLE))
    folder = pickle.filename.removesuffix("data.pkl")
    places = {member.filename: place for member, place in members(archive, source)}
    swapped = _is_big(archive, folder)
    found: dict[str, Tensor] = {}
    for name, made in _walk(root, "", 0, set()):
        if len(found) >= MOST_TENSORS:
            break
        tensor = _tensor(name, made, places, folder, swapped=swapped)
        if tensor is not None:
            found[name] = tensor
    return Tensors("torch", tuple(found.values()))


def _is_big(archive: zipfile.ZipFile, folder: str) -> bool:
    try:
        with archive.open(f"{folder}byteorder") as file:
            return file.read(8) == b"big"
    except KeyError:
        return False


def _walk(value: Any, name: str, depth: int, seen: set[int]) -> Iterator[tuple[str, Made]]:
    """Everything that could be a tensor, with its name."""
    if depth > _DEEPEST or isinstance(value, str | int | float | bytes | type(None)) or id(value) in seen:
        return
    if isinstance(value, Made) and _function(value).startswith("torch._utils._rebuild"):
        yield name or "tensor", value
        return
    seen.add(id(value))
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, Made):
        inside = [*value.items.items(), *enumerate(value.listed)]
        if isinstance(value.state, dict):
            inside += value.state.items()
        elif isinstance(value.state, tuple):
            inside += [pair for part in value.state if isinstance(part, dict) for pair in part.items()]
    elif isinstance(value, dict):
        inside = [*value.items()]
    elif isinstance(value, list | tuple):
        inside = [*enumerate(value)]
    for key, part in inside:
        below = name if key in _INNER else f"{name}.{_spelled(key)}" if name else _spelled(key)
        yield from _walk(part, below, depth + 1, seen)


def _tensor(
    name: str, made: Made, places: dict[str, Window | None], folder: str, *, swapped: bool
) -> Tensor | None:
    """The tensor that ``_rebuild_tensor_v2(storage, offset, shape, strides, …)`` would make."""
    arguments = made.arguments
    while isinstance(arguments, tuple) and arguments and isinstance(arguments[0], Made):  # a parameter around a tensor
        arguments = arguments[0].arguments
    if not isinstance(arguments, tuple) or len(arguments) < 4 or not isinstance(arguments[0], Elsewhere):  # noqa: PLR2004
        return None
    storage, offset, shape, strides = arguments[:4]
    key = storage.key
    if not isinstance(key, tuple) or len(key) < 3 or not isinstance(key[1], Name):  # noqa: PLR2004
        return None
    shape, strides = checked_shape(name, shape), checked_shape(name, strides)
    if not isinstance(offset, int) or offset < 0 or len(shape) != len(strides):
        message = f"{name} does not lie where it says"
        raise ValueError(message)
    dtype = _STORAGES.get(key[1].text.rpartition(".")[2], "untyped")
    place = places.get(f"{folder}data/{_spelled(key[2])}")
    width = WIDTHS.get(dtype, 0)
    nbytes = math.prod(shape) * width
    straight = place is not None and _is_straight(shape, strides) and (offset * width) + nbytes <= place.size
    values = Window(place, offset * width, nbytes) if straight and place is not None and width else None
    return Tensor(name, dtype, shape, nbytes, values, big=swapped)


def _is_straight(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether values lie in the order of the axes without gaps."""
    step = 1
    for length, stride in zip(reversed(shape), reversed(strides), strict=True):
        if length > 1 and stride != step:
            return False
        step *= max(length, 1)
    return True


def _spelled(key: Any) -> str:
    """A key as a part of a name: of texts the beginning, and nothing that is nested."""
    return key[:_LONGEST_KEY] if isinstance(key, str) else str(key) if isinstance(key, int) else type(key).__name__


def _function(made: Made) -> str:
    return made.function.text if isinstance(made.function, Name) else ""
