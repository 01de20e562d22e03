"""A line per version for each metric, over its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.figures.metrics import Points, series_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_mlversion.domain.comparison import Side
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.domain.snapshot import Snapshot

LONGEST_TITLE = 32
MOST_POINTS = 1000
"""Points that a trace may have: many lines share a figure, and a page many figures."""


def compared_figures(
    sides: Sequence[tuple[Side, Snapshot]], read: Callable[[Digest], bytes], *, names: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """One figure per metric, by name, the first 200, with a line for each run of each version.

    Parameters
    ----------
    read : the content of a stored digest.
    names : only these metrics.

    Raises
    ------
    MlversionError : what `read` raises.
    """
    wanted = None if names is None else set(names)
    lines = [line for side, snapshot in sides for line in _lines(side, snapshot.runs, read, wanted)]
    return series_figures(lines, MOST_POINTS)


def _lines(
    side: Side, runs: Sequence[Run], read: Callable[[Digest], bytes], wanted: set[str] | None
) -> Iterable[tuple[str, dict[str, Points]]]:
    stored = [(number, run) for number, run in enumerate(runs, start=1) if run.series is not None]
    for number, run in stored:
        series = json.load(read(run.series)) if run.series is not None else {}
        points = {name: (one["steps"], [json.float_from(value) for value in one["values"]])
                  for name, one in series.items() if wanted is None or name in wanted}
        yield " · ".join(filter(None, (_title(side), "" if len(stored) == 1 else run.name or f"run {number}"))), points


def _title(side: Side) -> str:
    first = side.message.split("\n", 1)[0].strip()
    return f"{side.short} {first[: LONGEST_TITLE - 1] + '…' if len(first) > LONGEST_TITLE else first}".strip()
