"""Gather what a report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.figures.compared import compared_figures
from jupyter_mlversion.reports.page import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_mlversion.repository import Repository


def report(
    repository: Repository, versions: Sequence[str], *, differences_only: bool = False,
    notebook: Path | str | None = None,
) -> Report:
    """The versions side by side, their metrics over steps, and how each notebook differs from the first.

    Parameters
    ----------
    versions, differences_only, notebook : as of `Repository.compare`.

    Raises
    ------
    UsageError, UnknownVersion : as `Repository.compare` does.
    """
    sides = repository.sides(versions, notebook=notebook)
    comparer = repository.comparer
    comparison = comparer.compare(sides, differences_only=differences_only)
    names = [row.name for row in comparison.metrics if any(one and one.count > 1 for one in row.values)]
    figures = compared_figures(comparer.snapshots(sides), repository.store.read, names=names)
    return Report(comparison, figures, [comparer.notebooks(sides[0], side) for side in sides[1:]])
