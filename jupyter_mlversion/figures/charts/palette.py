"""Colours and strokes that are told apart by everybody."""

from __future__ import annotations

import itertools
from typing import Any

from jupyter_mlversion.figures.frame import COLOURS

DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "triangle-down", "star")

SCALE = ((0.0, (61, 133, 198)), (0.5, (138, 138, 138)), (1.0, (200, 125, 20)))
"""From blue to orange, at least 3:1 against white and against black: also for those who see no red or no green."""


def stroke(number: int) -> dict[str, Any]:
    """Colour and dash of the number-th line: colours come again with another dash."""
    return {"color": COLOURS[number % len(COLOURS)], "dash": DASHES[number // len(COLOURS) % len(DASHES)]}


def symbol(number: int) -> str:
    """The mark of the number-th group."""
    return SYMBOLS[number % len(SYMBOLS)]


def faint(colour: str, opacity: float) -> str:
    """A colour of the palette that lets what is behind it through."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def scale() -> list[list[Any]]:
    """The scale as Plotly writes it."""
    return [[place, f"rgb({red},{green},{blue})"] for place, (red, green, blue) in SCALE]


def of_scale(share: float) -> str:
    """The colour at a place of the scale, 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    (left, low), (right, high) = next(pair for pair in itertools.pairwise(SCALE) if share <= pair[1][0])
    part = (share - left) / (right - left)
    red, green, blue = (round(one + part * (other - one)) for one, other in zip(low, high, strict=True))
    return f"rgb({red},{green},{blue})"
