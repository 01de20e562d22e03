"""JSON that is the same bytes for the same value, and that can hold every float."""

from __future__ import annotations

import json
import math
from typing import Any

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def plain_float(value: float) -> float | str:
    """`value`, or the string that stands for it in JSON: ``"NaN"``, ``"Infinity"``, ``"-Infinity"``."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def float_from(value: object) -> float:
    """The inverse of `plain_float`.

    Raises
    ------
    ValueError : `value` is neither a number nor one of the three strings.
    """
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    message = f"not a number: {value!r}"
    raise ValueError(message)


def sanitize(value: Any) -> Any:
    """`value` with the floats that JSON lacks spelled as strings, at any depth."""
    if isinstance(value, float):
        return plain_float(value)
    if isinstance(value, dict):
        return {str(key): sanitize(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [sanitize(item) for item in value]
    return value


def dump(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no blanks, one newline at the end; ASCII, so that odd file names survive."""
    text = json.dumps(sanitize(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode("ascii") + b"\n"


def dump_text(value: Any) -> str:
    """JSON for people and scripts: indented, in the order given."""
    return json.dumps(sanitize(value), indent=2, ensure_ascii=False, allow_nan=False)


def dump_quick(value: Any) -> bytes:
    """JSON of the same value, which a program reads once: keys as they come, and no copy unless a float needs it."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    except ValueError:
        return dump(value)


def load(data: bytes | str) -> Any:
    """The value of some JSON; the three special floats stay strings (see `float_from`)."""
    return json.loads(data)
