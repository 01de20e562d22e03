"""Figures of Plotly and matplotlib as bytes that hold no code."""

from __future__ import annotations

import io
from collections.abc import Mapping
from time import time
from typing import Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.tracking.item import FIGURE, Item


def figure_item(name: str, figure: Any, step: int | None = None) -> Item:
    """A Plotly figure, or a dictionary that describes one, as JSON; a matplotlib figure or its axes as PNG.

    Raises
    ------
    UsageError : it is none of these.
    """
    if isinstance(figure, Mapping) or hasattr(figure, "to_plotly_json"):
        return Item(name, "figure", FIGURE, time(), step, _plotly(name, figure))
    drawn = figure if hasattr(figure, "savefig") else getattr(figure, "figure", None)
    if drawn is None or not hasattr(drawn, "savefig"):
        message = f"figure {name!r}: a Plotly or matplotlib figure is needed, got {type(figure).__name__}"
        raise UsageError(message)
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", bbox_inches="tight")
    return Item(name, "image", "image/png", time(), step, buffer.getvalue())


def _plotly(name: str, figure: Any) -> bytes:
    from plotly.io import to_json

    try:
        text = to_json(dict(figure) if isinstance(figure, Mapping) else figure, validate=False, pretty=False)
    except (TypeError, ValueError) as error:
        message = f"figure {name!r}: {error}"
        raise UsageError(message) from error
    if isinstance(figure, Mapping) and not isinstance(figure.get("data"), list | tuple):
        message = f"figure {name!r}: a dictionary needs data and layout, as Plotly describes figures"
        raise UsageError(message)
    return str(text).encode(errors="replace")
