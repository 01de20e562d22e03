"""How named values differ: metrics, parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def changes(a: Mapping[str, T], b: Mapping[str, T]) -> dict[str, tuple[T | None, T | None]]:
    """The names whose values differ, sorted → the pair ``(a, b)``, with None where a side lacks the name."""
    pairs = {name: (a.get(name), b.get(name)) for name in sorted({*a, *b})}
    return {name: pair for name, pair in pairs.items() if not same(*pair)}


def same(a: object, b: object) -> bool:
    """Whether they are equal, NaN and NaN included; True and 1 are not."""
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    return a == b
