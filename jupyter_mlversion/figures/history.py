"""A line per metric over the versions of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain
from jupyter_mlversion.figures.thinning import thinned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.version import Version


def history_figures(versions: Iterable[Version], order: Literal["order", "time"] = "order") -> list[dict[str, Any]]:
    """One figure per metric, by name, a trace per branch; a point's ``customdata`` is the id of its version.

    Parameters
    ----------
    versions : newest first, as the log gives them; safety versions are left out.
    order : whether points stand evenly in the order they were made, or by their time.
    """
    oldest_first = [version for version in versions if version.trigger != Trigger.SAFETY][::-1]
    names = sorted({name for version in oldest_first for name in version.metrics})
    return [_figure(name, oldest_first, order) for name in names]


def _figure(name: str, versions: list[Version], order: str) -> dict[str, Any]:
    branches: dict[str, list[tuple[int, Version]]] = {}
    for number, version in enumerate(versions, start=1):
        if name in version.metrics:
            branches.setdefault(version.branch, []).append((number, version))
    traces = [_trace(name, branch, points, order) for branch, points in branches.items()]
    x = axis("time", type="date") if order == "time" else axis("version", type="linear", tickformat="d")
    return named(name, traces, layout(plain(name), x, axis("", type="linear"), legend=len(traces) > 1))


def _trace(name: str, branch: str, points: list[tuple[int, Version]], order: str) -> dict[str, Any]:
    kept, values = thinned(points, [version.metrics[name] for _, version in points])
    return {"type": "scatter", "mode": "lines+markers", "name": plain(branch),
            "x": [version.time.isoformat() if order == "time" else number for number, version in kept], "y": values,
            "customdata": [version.id for _, version in kept],
            "text": [f"{version.short} {plain(version.message)}" for _, version in kept]}
