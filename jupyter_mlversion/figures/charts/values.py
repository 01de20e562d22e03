"""Values of parameters in charts: in their order, as text, as numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value

T = TypeVar("T")


def is_number(value: object) -> bool:
    """Whether it is a finite number: True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def value_text(value: Value) -> str:
    """As it is shown; a run without the parameter has none."""
    return "(none)" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def in_order(items: Iterable[T], value: Callable[[T], Value]) -> list[T]:
    """Numbers by size, then texts by the alphabet, then those without; equal ones as they came."""
    def place(item: T) -> tuple[int, float, str]:
        found = value(item)
        if isinstance(found, int | float) and is_number(found):
            return 0, float(found), ""
        return (2, 0.0, "") if found is None else (1, 0.0, str(found))

    return sorted(items, key=place)


def varying(values: Iterable[Value]) -> bool:
    """Whether there are two that differ."""
    return len({value_text(value) for value in values if value is not None}) > 1
