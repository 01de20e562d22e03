"""Which part every stretch of the data is in, a strip for each fold, as scikit-learn's pictures of cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.frame import COLOURS, axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.domain.summary import Summary

HEIGHT = 0.8
"""Of a strip, where 1 is the distance to the next."""


def membership_figures(split: Split, summary: Summary) -> list[dict[str, Any]]:
    """One figure: strips of bars, the height of whose colours is the share of that stretch in each part."""
    strips = summary.strips
    if not strips:
        return []
    parts = summary.parts
    traces = [_trace(part, number, split, summary) for number, part in enumerate(parts)]
    names = [plain(strip.name) for strip in strips]  # one that is alone has the figure's
    for name, codes in (("class", summary.classes), ("group", summary.groups)):
        if codes:
            traces.append(_along(name, codes, len(names), summary.row_count))
            names.append(name)
    y = axis("", type="linear", tickvals=[-row for row in range(len(names))], ticktext=names, showgrid=False,
             zeroline=False, range=[0.5 - len(names), 0.5])
    x = axis("", type="linear", range=[0, summary.row_count], showgrid=False)
    height = 90 + 22 * len(names)
    return [named(split.name, traces, layout(plain(f"{split.name}: where the rows are"), x, y, legend=len(parts) > 1,
                                             barmode="overlay", bargap=0, height=height))]


def _trace(part: str, number: int, split: Split, summary: Summary) -> dict[str, Any]:
    x: list[float] = []
    base: list[float] = []
    y: list[float] = []
    text: list[str] = []
    stretch = 1.0
    for row, strip in enumerate(summary.strips):
        shares = strip.shares.get(part)
        if shares is None:
            continue
        stretch = summary.row_count / len(shares)
        lower = _before(strip.shares, part, summary.parts)
        below = [sum(column) for column in zip(*lower, strict=True)] or [0.0] * len(shares)
        for place, share in enumerate(shares):
            if share > 0:
                x.append((place + 0.5) * stretch)
                base.append(-row - HEIGHT / 2 + HEIGHT * below[place])
                y.append(HEIGHT * share)
                text.append(f"{plain(strip.name or split.name)}: {share:.0%} {plain(part)}")
    return {"type": "bar", "name": plain(part), "x": x, "y": y, "base": base, "width": stretch, "text": text,
            "hoverinfo": "text", "textposition": "none", "marker": {"color": COLOURS[number % len(COLOURS)],
                                                                     "line": {"width": 0}}}


def _along(name: str, codes: tuple[int, ...], row: int, count: int) -> dict[str, Any]:
    """A strip below the others: the most frequent class, or group, of each stretch."""
    stretch = count / len(codes)
    places = [place for place, code in enumerate(codes) if code >= 0]
    return {"type": "bar", "name": name, "x": [(place + 0.5) * stretch for place in places], "width": stretch,
            "base": [-row - HEIGHT / 2] * len(places), "y": [HEIGHT] * len(places), "showlegend": False,
            "text": [f"mostly {name} {codes[place] + 1}" for place in places], "hoverinfo": "text",
            "textposition": "none",
            "marker": {"color": [COLOURS[codes[place] % len(COLOURS)] for place in places], "line": {"width": 0}}}


def _before(
    shares: dict[str, tuple[float, ...]], part: str, parts: tuple[str, ...]
) -> list[tuple[float, ...]]:
    """The shares of the parts that are drawn below `part`."""
    return [shares[name] for name in parts[: parts.index(part)] if name in shares]
