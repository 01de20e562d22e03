"""Which values are numbers, and which are parameters."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value

LONGEST_NAME = 250
"""Characters of a metric's or parameter's name."""

LONGEST_TEXT = 500
"""Characters that are kept of a parameter's text."""


def number_of(name: str, value: Any) -> float:
    """`value` as a float: real numbers, NumPy scalars, arrays and tensors of one element.

    Raises
    ------
    UsageError : it is no number; the message names the metric.
    """
    if isinstance(value, (float, int)) or isinstance(value, numbers.Real):  # noqa: SIM101 - the first two are quick
        return _float(name, value)
    item = getattr(value, "item", None)
    if callable(item):
        try:
            single = item()
        except (TypeError, ValueError, RuntimeError) as error:
            message = f"metric {name!r}: one number is needed, got {_described(value)}"
            raise UsageError(message, hint="Log its mean, or each element under a name of its own.") from error
        if isinstance(single, numbers.Real):
            return _float(name, single)
    message = f"metric {name!r}: a number is needed, got {_described(value)}"
    raise UsageError(message, hint="Text and other configuration belongs into log_params.")


def checked_name(name: object, what: str) -> str:
    """`name`, if a metric or parameter can be called that.

    Raises
    ------
    UsageError : it is no text, is empty, or is too long.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        shown = repr(name) if len(repr(name)) < 2 * LONGEST_TEXT else f"{repr(name)[:50]}…"
        message = f"{what} {shown}: a name is a text of 1 to {LONGEST_NAME} characters"
        raise UsageError(message)
    return name


def checked_step(name: str, step: Any) -> int:
    """`step` as a whole number.

    Raises
    ------
    UsageError : it is none.
    """
    if isinstance(step, int) and not isinstance(step, bool):
        whole = step
    else:
        value = number_of(name, step)
        if not value.is_integer():
            message = f"metric {name!r}: a step is a whole number, got {step!r}"
            raise UsageError(message)
        whole = int(value)
    if not -(2**63) <= whole < 2**63:
        message = f"metric {name!r}: the step {step!r} is too large"
        raise UsageError(message)
    return whole


def checked_values(values: object, keywords: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Both ways to give names and values, joined; keywords win.

    Raises
    ------
    UsageError : `values` is no mapping.
    """
    if values is None:
        return dict(keywords)
    if not isinstance(values, Mapping):
        message = f"{what} are given as a dictionary or by keyword, got {_described(values)}"
        raise UsageError(message)
    return {**values, **keywords}


def parameter_of(value: Any) -> Value:
    """`value` as a configuration value: scalars as they are, anything else as text, cut at 500 characters."""
    if value is None or isinstance(value, (bool, int, float)):
        return value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)[:LONGEST_TEXT]
    if isinstance(value, str):
        return str(value)[:LONGEST_TEXT]
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        return parameter_of(item())
    return str(value)[:LONGEST_TEXT]


def _float(name: str, value: Any) -> float:
    try:
        return float(value)
    except OverflowError as error:
        message = f"metric {name!r}: {str(value)[:20]}… is too large for a floating-point number"
        raise UsageError(message) from error


def _described(value: object) -> str:
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__} of shape {tuple(shape)}" if shape else type(value).__name__
