"""A split against the same split of another version: where the rows of each part went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.frame import axis, layout, named
from jupyter_mlversion.figures.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.difference import SplitChange

NOWHERE = "in no part"
NEW = "new rows"
GONE = "gone"


def flow_figures(changes: Iterable[SplitChange]) -> list[dict[str, Any]]:
    """One figure for each split that differs: a bar for each part of before, stacked by the part of after."""
    return [_figure(change) for change in changes if change.flows or change.added or change.gone]


def _figure(change: SplitChange) -> dict[str, Any]:
    before = [*change.flows, *([NEW] if change.added else [])]
    after = list(dict.fromkeys(name for row in change.flows.values() for name in row))
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": _name(part), "x": [_name(name) for name in before],
         "y": [change.flows.get(name, {}).get(part, 0) for name in before]}
        for part in after
    ]
    if change.added:
        traces.append({"type": "bar", "name": NEW, "x": [NEW], "y": [change.added],
                       "marker": {"pattern": {"shape": "."}}})
    if change.gone:
        traces.append({"type": "bar", "name": GONE, "x": [GONE], "y": [change.gone],
                       "marker": {"pattern": {"shape": "x"}}})
    words = f"{change.name}: {change.kept:,} kept, {change.moved:,} moved, {change.added:,} new, {change.gone:,} gone"
    return named(change.name, traces, layout(plain(words), axis("part before", type="category"),
                                             axis("rows", type="linear"), legend=True, barmode="stack"))


def _name(part: str) -> str:
    return plain(part) if part else NOWHERE
