"""Charts of metrics, asked for from a cell or a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.kernel.load import notebook_or_folder

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from plotly.graph_objects import Figure


def plot_metrics(versions: Sequence[str], where: str, notebook: str | os.PathLike[str] | None,
                 options: dict[str, Any]) -> list[Figure]:
    """See `jupyter_mlversion.plot_metrics`."""
    from jupyter_mlversion.errors import UsageError
    from jupyter_mlversion.figures.charts import Options
    from jupyter_mlversion.figures.charts.ask import charts_of
    from jupyter_mlversion.figures.shown import drawn
    from jupyter_mlversion.repository import Repository

    unknown = sorted(options.keys() - set(Options.__dataclass_fields__))
    if unknown:
        message = f"plot_metrics does not know {unknown[0]!r}"
        raise UsageError(message, hint=f"It takes {', '.join(Options.__dataclass_fields__)}.")
    for name in ("metrics", "params"):
        if name in options:
            given = options[name]
            options[name] = (given,) if isinstance(given, str) else tuple(given)
    here, start = notebook_or_folder()
    path = here if notebook is None else Path(notebook).absolute()
    made, _ = charts_of(Repository.open(path or start), Options(**options), versions, where, path)
    return drawn(made.figures)
