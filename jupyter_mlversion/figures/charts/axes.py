"""Axes that several charts have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.frame import axis

if TYPE_CHECKING:
    from jupyter_mlversion.figures.charts.options import Options


def value_axis(options: Options) -> dict[str, Any]:
    """The axis of a metric's values: small ones as powers, which Plotly would write with letters (50µ)."""
    return axis("", type="log" if "y" in options.log else "linear", exponentformat="power")
