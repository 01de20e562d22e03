"""Domain dataclasses as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from jupyter_mlversion.codec.json import dump_quick, float_from, load, sanitize

T = TypeVar("T")


def to_plain(record: Any) -> Any:
    """A dataclass, or containers of them, as dictionaries, lists and scalars that JSON can hold."""
    return sanitize(msgspec.to_builtins(record))


def encoded(value: Any) -> bytes:
    """JSON of plain values, in which dataclasses may stand that hold no special floats; quicker than `dump_quick`."""
    try:
        return msgspec.json.encode(value)
    except (ValueError, OverflowError):  # halves of characters, very large numbers
        return dump_quick(to_plain(value))


def from_plain(cls: type[T], plain: Any) -> T:
    """The inverse of `to_plain`.

    Raises
    ------
    msgspec.ValidationError : `plain` does not have the shape of `cls`.
    """
    info = _type_info(cls)
    return msgspec.convert(_with_floats(info, plain) if _has_floats(info) else plain, cls, strict=True)


def from_json(cls: type[T], data: bytes) -> T:
    """The record that some JSON holds: as `from_plain` of what the JSON says, and a tenth of its time.

    Raises
    ------
    msgspec.ValidationError : it does not have the shape of `cls`.
    ValueError : `data` is no JSON.
    """
    try:
        return cast("T", _decoder(cls).decode(data))
    except msgspec.DecodeError:  # special floats, halves of characters, very large numbers
        return from_plain(cls, load(data))


_decoder: Callable[[Any], msgspec.json.Decoder[Any]] = cache(msgspec.json.Decoder)
_type_info: Callable[[Any], inspect.Type] = cache(inspect.type_info)  # of the few classes that there are


def _has_floats(info: inspect.Type) -> bool:
    """Whether a value of that type can hold a float: the walk below is worth its time only then."""
    if isinstance(info, inspect.DataclassType):
        return any(_has_floats(field.type) for field in info.fields)
    if isinstance(info, inspect.DictType):
        return _has_floats(info.value_type)
    if isinstance(info, inspect.VarTupleType | inspect.ListType):
        return _has_floats(info.item_type)
    return isinstance(info, inspect.FloatType)


def _with_floats(info: inspect.Type, plain: Any) -> Any:
    """`plain` with the special floats back in the fields that are floats."""
    if isinstance(info, inspect.FloatType) and isinstance(plain, str):
        try:
            return float_from(plain)
        except ValueError:
            return plain
    if isinstance(info, inspect.DataclassType) and isinstance(plain, dict):
        types = {field.encode_name: field.type for field in info.fields}
        return {key: _with_floats(types[key], item) if key in types else item for key, item in plain.items()}
    if isinstance(info, inspect.DictType) and isinstance(plain, dict):
        return {key: _with_floats(info.value_type, item) for key, item in plain.items()}
    if isinstance(info, inspect.VarTupleType | inspect.ListType) and isinstance(plain, list):
        return [_with_floats(info.item_type, item) for item in plain]
    return plain
