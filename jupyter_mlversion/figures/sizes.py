"""The sizes of the parts as one thin strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.split import Split


def size_figures(split: Split) -> list[dict[str, Any]]:
    """One figure: a bar that is as long as the data, cut into the parts."""
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False}
    traces = [
        {"type": "bar", "orientation": "h", "name": plain(part.name), "y": [""], "x": [part.size],
         "text": [f"{plain(part.name)} {part.size:,}"], "textposition": "inside", "insidetextanchor": "middle",
         "hoverinfo": "text"}
        for part in split.parts
    ]
    look = layout(plain(split.name), axis("", type="linear", **hidden), axis("", type="category", **hidden),
                  legend=False, barmode="stack", height=90)
    return [named(split.name, traces, look)] if traces else []
