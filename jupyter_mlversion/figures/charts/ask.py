"""Charts of versions that are named, or found by a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.figures.charts.chart import Chart, chart
from jupyter_mlversion.figures.charts.shelf import Shelf
from jupyter_mlversion.figures.charts.source import source_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.repository import Repository

MOST_VERSIONS = 2000
"""Versions that charts are of, the newest."""


def charts_of(repository: Repository, options: Options, versions: Sequence[str] = (), where: str = "",
              notebook: Path | str | None = None) -> tuple[Chart, list[Version]]:
    """The charts, and the versions that they are of, newest first.

    Parameters
    ----------
    versions : named in any way; empty: those that fit the query `where`, of the notebook (None: of all).
    notebook : whose ``HEAD`` and branches are meant, too.

    Raises
    ------
    InvalidQuery : the query means nothing.
    UnknownVersion : a name is no version's.
    """
    if versions:
        ids = dict.fromkeys(repository.resolve(name, notebook=notebook) for name in versions)
        found = sorted(map(repository.history.read, ids), key=lambda version: version.time, reverse=True)
    else:
        found = list(repository.find(where, notebook, limit=MOST_VERSIONS).versions)
    return chart(source_of(repository, found, Shelf()), options), found
