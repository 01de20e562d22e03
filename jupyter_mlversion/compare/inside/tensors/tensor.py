"""A tensor in a file: its name, type and shape, and where its values are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

BLOCK = 1 << 18
"""Values that are looked at together."""

MOST_TENSORS = 100_000

WIDTHS = {"float64": 8, "int64": 8, "uint64": 8, "float32": 4, "int32": 4, "uint32": 4, "float16": 2, "bfloat16": 2,
          "int16": 2, "uint16": 2, "int8": 1, "uint8": 1, "bool": 1, "complex64": 8, "complex128": 16,
          "float8_e4m3fn": 1, "float8_e5m2": 1}
"""Bytes of one value by the name of its type."""

_SIGN, _HALF_WORD = 7, 16
_MOST_AXES = 64
_MOST_VALUES = 1 << 53
"""Axes and values that a tensor can claim to have; no file holds more, and JSON tells no larger number exactly."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor.

    Parameters
    ----------
    name : in its file, parts joined by dots.
    dtype : as NumPy and PyTorch name it.
    shape : length of each axis.
    nbytes : bytes of its values in the file, as told.
    values : where they lie, in the order of the axes; None where they cannot be read without running code, or without
        decoding more than is worth it.
    big : whether the bytes of a value are in the other order.
    turned : whether the values lie in the order of the axes turned round (Fortran's).
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    values: Source | None = field(default=None, compare=False, repr=False)
    big: bool = False
    turned: bool = False

    @property
    def count(self) -> int:
        """How many values it has."""
        return math.prod(self.shape)

    @property
    def readable(self) -> bool:
        """Whether the values are all there, and numbers."""
        width = WIDTHS.get(self.dtype, 0)
        return self.values is not None and bool(width) and self.values.size >= self.count * width

    def blocks(self) -> Iterator[Any]:
        """The values as 64-bit floats, in the order in which they lie, `BLOCK` at a time. Only of a `readable` one."""
        width = WIDTHS[self.dtype]
        for first in range(0, self.count, BLOCK):
            length = min(BLOCK, self.count - first) * width
            data = bytes(self.values.read(first * width, length)) if self.values else b""
            yield to_floats(data, self.dtype, big=self.big)


@dataclass(frozen=True, slots=True)
class Tensors:
    """What a file of tensors tells about itself.

    Parameters
    ----------
    format : ``safetensors``, ``torch``, ``npz``, ``npy``, ``onnx``, ``hdf5``.
    metadata : texts that the file holds besides.
    note : what could not be told, in words; empty when all could.
    """

    format: str
    tensors: tuple[Tensor, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    note: str = ""


def checked_shape(name: str, shape: Any) -> tuple[int, ...]:
    """The lengths of the axes (or the strides) of a tensor, as a file claims them.

    Raises
    ------
    ValueError : they are none, or no tensor can have them.
    """
    if isinstance(shape, list | tuple) and len(shape) <= _MOST_AXES:
        axes = tuple(shape)
        if all(isinstance(axis, int) and 0 <= axis <= _MOST_VALUES for axis in axes):
            values = math.prod(axis for axis in axes if axis)
            if values <= _MOST_VALUES:
                return axes
    message = f"{name} has an impossible shape"
    raise ValueError(message)


def to_floats(data: bytes, dtype: str, *, big: bool = False) -> Any:
    """Values as 64-bit floats; a complex one counts as two.

    bfloat16 is the upper half of a float32. The eight-bit floats are those of Micikevicius et al., "FP8 Formats for
    Deep Learning" (2022).
    """
    order = ">" if big else "<"
    if dtype == "bfloat16":
        words = np.frombuffer(data, dtype=f"{order}u2").astype(np.uint32) << _HALF_WORD
        with np.errstate(invalid="ignore"):  # some of the NaNs complain
            return words.view(np.float32).astype(np.float64)
    if dtype.startswith("float8"):
        return _eight_bits(4 if "e4m3" in dtype else 5)[np.frombuffer(data, dtype=np.uint8)]
    if dtype.startswith("complex"):
        return np.frombuffer(data, dtype=f"{order}f{WIDTHS[dtype] // 2}").astype(np.float64)
    if dtype == "bool":
        return np.frombuffer(data, dtype=np.uint8).astype(np.float64)
    kind = {"f": "f", "i": "i", "u": "u"}[dtype[0]]
    return np.frombuffer(data, dtype=f"{order}{kind}{WIDTHS[dtype]}").astype(np.float64)


def _eight_bits(exponent_bits: int) -> Any:
    """The value of each of the 256 bytes."""
    codes = np.arange(256)
    mantissa_bits = _SIGN - exponent_bits
    bias = (1 << exponent_bits - 1) - 1
    exponent, mantissa = codes >> mantissa_bits & (1 << exponent_bits) - 1, codes & (1 << mantissa_bits) - 1
    fraction = mantissa / (1 << mantissa_bits)
    values = np.where(exponent, (1 + fraction) * 2.0 ** (exponent - bias), fraction * 2.0 ** (1 - bias))
    top = exponent == (1 << exponent_bits) - 1
    if exponent_bits == 5:  # noqa: PLR2004 - e5m2 has infinities, as IEEE's floats
        values = np.where(top, np.where(mantissa, np.nan, np.inf), values)
    else:
        values = np.where(top & (mantissa == (1 << mantissa_bits) - 1), np.nan, values)
    return np.where(codes >> _SIGN, -values, values)
