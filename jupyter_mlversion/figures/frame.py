"""What all figures share: a frame that is readable on light and dark pages."""

from __future__ import annotations

from typing import Any

COLOURS = ("#3d85c6", "#e07b39", "#3fa06f", "#c65b7c", "#8c76c9", "#b5892e", "#35a2ad", "#8a8f98",
           "#d873c0", "#83a52f")
"""Of middle lightness: at least 3:1 against white and against black."""

_TRANSPARENT = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.25)"


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """An axis with a title (not yet escaped names do not belong here)."""
    return {"title": {"text": title}, "gridcolor": _GRID, "zerolinecolor": _GRID, "automargin": True, **settings}


def layout(title: str, x: dict[str, Any], y: dict[str, Any], *, legend: bool, **settings: Any) -> dict[str, Any]:
    """A layout that leaves the colours of page and text to the page."""
    return {"title": {"text": title}, "xaxis": x, "yaxis": y, "showlegend": legend, "colorway": list(COLOURS),
            "paper_bgcolor": _TRANSPARENT, "plot_bgcolor": _TRANSPARENT, "margin": {"l": 48, "r": 16, "t": 40, "b": 40},
            **settings}


def named(name: str, data: list[dict[str, Any]], layout: dict[str, Any]) -> dict[str, Any]:
    """A figure under the name that the user gave to what it shows (as text, not escaped)."""
    return {"name": name, "figure": {"data": data, "layout": layout}}
