"""The identity of a row: a hash of its values, the same on every machine and from every library that held them.

Numbers count by their value (3, 3.0 and True-as-1 alike; every NaN and missing value is the same), text by its UTF-8,
moments by their nanoseconds. Names and types of columns do not count. ``docs/format.md`` says exactly how.

The mixing is that of multiply-and-shift hashes; its constants are those of splitmix64 (Steele, Lea, Flood, 2014) and
of moremur (Evensen, 2019). Sixty-four bits: among 10⁶ different rows, two share an identity with probability 3·10⁻⁸.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

BLOCK = 8192
"""Rows that are hashed together: their columns stay in the processor's cache."""

_MISSING = 0x7FF8000000000000
_EXACT = 1 << 53
"""Whole numbers up to here are exact as 64-bit floats."""

_BIG = 0xA5A5A5A5A5A5A5A5
_SEED = 0x9E3779B97F4A7C15
_ROUND = np.uint64(0xBF58476D1CE4E5B9)
_LAST = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)


def identities(columns: Sequence[Any], row_count: int) -> Any:
    """One unsigned 64-bit number for each row of `columns`, which are arrays of equal lengths."""
    out = np.full(row_count, _SEED, dtype=np.uint64)
    readers = [_reader(column) for column in columns]
    scratch = np.empty(min(BLOCK, row_count), dtype=np.uint64)
    for start in range(0, row_count, BLOCK):
        block = out[start : start + BLOCK]
        buffer = scratch[: len(block)]
        for read in readers:
            bits = read(start, start + len(block))
            np.right_shift(bits, _HALF, out=buffer)
            np.bitwise_xor(buffer, bits, out=buffer)
            np.bitwise_xor(block, buffer, out=block)
            np.multiply(block, _ROUND, out=block)
            np.right_shift(block, _HALF, out=buffer)
            np.bitwise_xor(block, buffer, out=block)
        _finish(block, buffer)
    return out


def _finish(block: Any, buffer: Any) -> None:
    for shift, factor in ((30, _ROUND), (27, _LAST), (31, None)):
        np.right_shift(block, np.uint64(shift), out=buffer)
        np.bitwise_xor(block, buffer, out=block)
        if factor is not None:
            np.multiply(block, factor, out=block)


def _reader(column: Any) -> Any:
    """Called with a range of rows, answers the 64 bits that each value stands for."""
    kind = column.dtype.kind
    if kind == "f":
        return lambda start, stop: _of_floats(column[start:stop])
    if kind in "iub":
        return lambda start, stop: _of_integers(column[start:stop])
    if kind in "mM":
        unit = "timedelta64[ns]" if kind == "m" else "datetime64[ns]"
        return lambda start, stop: _of_moments(column[start:stop].astype(unit))
    bits = _of_objects(column.tolist())
    return lambda start, stop: bits[start:stop]


def _of_floats(values: Any) -> Any:
    floats = values.astype(np.float64) + 0.0  # minus zero becomes zero
    bits = floats.view(np.uint64)
    lost = floats != floats  # noqa: PLR0124 - that is how NaN is told
    if lost.any():
        bits[lost] = _MISSING
    return bits


def _of_integers(values: Any) -> Any:
    bits = values.astype(np.float64).view(np.uint64)
    if values.dtype.itemsize == 8:  # noqa: PLR2004 - bytes
        big = (values > _EXACT) | (values < -_EXACT) if values.dtype.kind == "i" else values > _EXACT
        if big.any():
            bits[big] = values[big].astype(np.uint64) ^ np.uint64(_BIG)
    return bits


def _of_moments(values: Any) -> Any:
    bits = _of_integers(values.view(np.int64))
    lost = np.isnat(values)
    if lost.any():
        bits[lost] = _MISSING
    return bits


def _of_objects(values: Sequence[Any]) -> Any:
    known: dict[Any, int] = {}
    out = np.empty(len(values), dtype=np.uint64)
    for row, value in enumerate(values):
        try:
            bits = known.get(value)
        except TypeError:  # a list, say
            out[row] = _of_one(value)
            continue
        if bits is None:
            bits = known[value] = _of_one(value)
        out[row] = bits
    return out


def _of_one(value: Any) -> int:
    if value is None or (isinstance(value, (float, np.floating)) and math.isnan(value)):
        return _MISSING
    if isinstance(value, str):
        return _of_bytes(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, (bytes, bytearray)):
        return _of_bytes(bytes(value))
    if isinstance(value, (bool, np.bool_)):
        return _of_number(int(value))
    if isinstance(value, numbers.Real):
        return _of_number(int(value) if isinstance(value, numbers.Integral) else float(value))
    if isinstance(value, (dt.date, np.datetime64)) and str(value) != "NaT":
        return int(_of_moments(np.array([_moment(value)], dtype="datetime64[ns]"))[0])
    text = str(value)
    return _MISSING if text in {"NaT", "<NA>"} else _of_bytes(text.encode("utf-8", "surrogatepass"))


def _moment(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return np.datetime64(value)


def _of_number(value: float) -> int:
    if isinstance(value, int) and abs(value) > _EXACT:
        return (value ^ _BIG) & 0xFFFFFFFFFFFFFFFF
    return int((np.array([value], dtype=np.float64) + 0.0).view(np.uint64)[0])


def _of_bytes(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
