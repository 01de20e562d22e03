"""What the charts are of, as a table: the text alternative to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.domain.direction import BY_NAME, Directions
from jupyter_mlversion.figures.charts.source import label_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_mlversion.figures.charts.source import Source, Subject

MOST_ROWS = 1000
MOST_LOGGING = 8
"""Versions whose figures, pictures and tables are seen side by side."""


def table(source: Source, metrics: Collection[str] = (), *, directions: Directions = BY_NAME) -> dict[str, Any]:
    """Names of metrics and parameters, the newest 1,000 rows with what each came to, and who logged more than numbers.

    Parameters
    ----------
    metrics : only these in the rows; empty: all.
    directions : which way metrics improve.
    """
    rows = source.rows[: -MOST_ROWS - 1 : -1]
    return {"metrics": source.metrics, "params": source.params, "total": len(source.rows),
            "lower": [name for name in source.metrics if directions.lower_is_better(name)],
            "higher": [name for name in source.metrics if directions.lower_is_better(name) is False],
            "rows": [_row(row, metrics) for row in rows],
            "logging": [{"version": version.id, "label": label_of(version)}
                        for version in source.logging[: -MOST_LOGGING - 1 : -1]]}


def _row(row: Subject, metrics: Collection[str]) -> dict[str, Any]:
    shown = {name: metric for name, metric in row.metrics.items() if not metrics or name in metrics}
    return {"version": row.version, "run": row.run, "label": row.label, "name": row.name, "branch": row.branch,
            "time": row.time, "params": to_plain(dict(row.params)), "metrics": to_plain(shown)}
