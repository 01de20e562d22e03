"""Lines of a figure as SVG, for pages that run no scripts."""

from __future__ import annotations

import math
from html import escape
from typing import Any

WIDTH, HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 10, 28
_TICKS = 4
_LEAST = 1e-300


def svg(figure: dict[str, Any], colours: tuple[str, ...]) -> str:
    """A figure by name, as `series_figures` makes them: traces as lines, axes, a legend. All text is escaped.

    Parameters
    ----------
    colours : one for each trace, in turn; traces that share one differ by their dashes.
    """
    traces = figure["figure"]["data"]
    xs, ys = ([value for trace in traces for value in trace[axis] if value is not None] for axis in "xy")
    if not xs or not ys:
        return ""
    across, up = _scale(xs, _LEFT, WIDTH - _RIGHT), _scale(ys, HEIGHT - _BOTTOM, _TOP)
    lines = "".join(_line(trace, across, up, colours[number % len(colours)], _dashes(number // len(colours)))
                    for number, trace in enumerate(traces))
    name = escape(str(figure["name"]), quote=True)
    drawn = (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}" xmlns="http://www.w3.org/2000/svg">'
             f"{_axes(xs, ys, across, up)}{lines}</svg>")
    return f"<figure><figcaption>{name}</figcaption>{drawn}{_legend(traces, colours)}</figure>"


def _scale(values: list[float], start: float, end: float) -> tuple[float, float]:
    """Offset and factor that put the values between two places."""
    low, span = min(values), max(values) - min(values)
    factor = (end - start) / span if _LEAST < span < math.inf else 0.0
    return (start - low * factor if factor else (start + end) / 2), factor


def _at(value: float, scale: tuple[float, float]) -> str:
    return f"{scale[0] + value * scale[1]:.1f}"


def _line(trace: dict[str, Any], across: tuple[float, float], up: tuple[float, float], colour: str, dashes: str) -> str:
    """The trace, in pieces where it has gaps; a piece of one point is a dot."""
    pieces: list[list[str]] = [[]]
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if y is None or not math.isfinite(y):
            pieces.append([])
        else:
            pieces[-1].append(f"{_at(x, across)},{_at(y, up)}")
    drawn = []
    for piece in filter(None, pieces):
        if len(piece) == 1:
            x, y = piece[0].split(",")
            drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        else:
            drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5"{dashes} '
                         f'points="{" ".join(piece)}"/>')
    return "".join(drawn)


def _axes(xs: list[float], ys: list[float], across: tuple[float, float], up: tuple[float, float]) -> str:
    parts = []
    for value in _ticks(ys):
        y = _at(value, up)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
                     f'<text x="{_LEFT - 6}" y="{y}" dy="4" text-anchor="end">{value:.4g}</text>')
    parts.extend(f'<text x="{_at(value, across)}" y="{HEIGHT - 8}" text-anchor="middle">{value:.4g}</text>'
                 for value in _ticks(xs))
    return "".join(parts)


def _ticks(values: list[float]) -> list[float]:
    """Round numbers from the least of the values to the largest, few of them."""
    low, high = min(values), max(values)
    rough = (high - low) / _TICKS
    if not _LEAST < rough < math.inf:
        return sorted({low, high})
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * decade for factor in (1, 2, 5, 10) if factor * decade >= rough)
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _dashes(round_: int) -> str:
    return f' stroke-dasharray="{4 + 3 * round_} 3"' if round_ else ""


def _legend(traces: list[dict[str, Any]], colours: tuple[str, ...]) -> str:
    """The names; those of a figure's description are escaped already."""
    items = "".join(f'<li><i style="background:{colours[number % len(colours)]}"></i>{trace["name"]}</li>'
                    for number, trace in enumerate(traces))
    return f'<ul class="legend">{items}</ul>'
