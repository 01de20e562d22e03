"""Figures in a notebook's cell, and as a page of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def drawn(figures: Iterable[dict[str, Any]]) -> list[Figure]:
    """Figures by name as Plotly's objects, which notebooks show."""
    from plotly.graph_objects import Figure

    return [Figure(figure["figure"]) for figure in figures]


def show(figures: Iterable[dict[str, Any]]) -> None:
    """Show figures below the running cell."""
    from IPython.display import display

    for figure in drawn(figures):
        display(figure)  # type: ignore[no-untyped-call]


def page(figures: Iterable[dict[str, Any]]) -> str:
    """Figures as one HTML page that needs no network: Plotly's library is in it once."""
    from plotly.io import to_html

    parts = [to_html(figure, include_plotlyjs=number == 0, full_html=False)
             for number, figure in enumerate(drawn(figures))]
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{"".join(parts)}\n</body></html>\n'
