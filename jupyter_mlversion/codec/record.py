"""Domain dataclasses as plain JSON values, and back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from jupyter_mlversion.codec.json import float_from, sanitize

T = TypeVar("T")


def to_plain(record: Any) -> Any:
    """A dataclass, or containers of them, as dictionaries, lists and scalars that JSON can hold."""
    return sanitize(msgspec.to_builtins(record))


def from_plain(cls: type[T], plain: Any) -> T:
    """The inverse of `to_plain`.

    Raises
    ------
    msgspec.ValidationError : `plain` does not have the shape of `cls`.
    """
    return msgspec.convert(_floats(cls, plain), cls, strict=True)


def _floats(cls: Any, plain: Any) -> Any:
    """`plain` with the special floats back in the fields that are floats."""
    return _walk(msgspec.inspect.type_info(cls), plain)


def _walk(info: msgspec.inspect.Type, plain: Any) -> Any:
    kind = msgspec.inspect
    if isinstance(info, kind.FloatType) and isinstance(plain, str):
        try:
            return float_from(plain)
        except ValueError:
            return plain
    if isinstance(info, kind.DataclassType) and isinstance(plain, dict):
        types = {field.encode_name: field.type for field in info.fields}
        return {key: _walk(types[key], item) if key in types else item for key, item in plain.items()}
    if isinstance(info, kind.DictType) and isinstance(plain, dict):
        return {key: _walk(info.value_type, item) for key, item in plain.items()}
    if isinstance(info, kind.VarTupleType | kind.ListType) and isinstance(plain, list):
        return [_walk(info.item_type, item) for item in plain]
    return plain
