"""From what there is and what is wanted to figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.charts.lines import line_figure
from jupyter_mlversion.figures.charts.options import NARROWEST
from jupyter_mlversion.figures.charts.parallel import parallel_figures
from jupyter_mlversion.figures.charts.scatter import scatter_figure
from jupyter_mlversion.figures.charts.versions import version_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.figures.charts.options import Options
    from jupyter_mlversion.figures.charts.source import Source, Subject

MOST_FIGURES = 60
MOST_POINTS = 24_000
"""Points of the runs of one chart, together: it is drawn again while a cell runs."""

MOST_RUNS = 40
"""Runs that a chart of lines has, the newest that have the metric; nobody could tell more apart."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures, and what had no room in them.

    Parameters
    ----------
    figures : Plotly's descriptions by name.
    left_out : by name of the figure, how many runs are not in it.
    more : metrics that have no figure.
    """

    figures: list[dict[str, Any]]
    left_out: dict[str, int] = field(default_factory=dict)
    more: int = 0


def chart(source: Source, options: Options) -> Chart:
    """The figures that `options` ask for: one for each metric, or one of parallel coordinates.

    Raises
    ------
    MlversionError : a series cannot be read.
    """
    if options.kind == "parallel":
        return Chart(parallel_figures(source, options))
    names = [name for name in options.metrics or source.metrics if _has(source, name)]
    if options.kind == "scatter":
        figures = [scatter_figure(source, name, options) for name in names[:MOST_FIGURES]]
        return Chart([figure for figure in figures if figure], more=max(0, len(names) - MOST_FIGURES))
    if options.x == "version":
        figures = [version_figure(source, name, options) for name in names[:MOST_FIGURES]]
        return Chart([figure for figure in figures if figure], more=max(0, len(names) - MOST_FIGURES))
    return _lines(source, names, options)


def _lines(source: Source, names: Sequence[str], options: Options) -> Chart:
    colours = {run: number for number, run in enumerate(_drawn(source.runs, names))}
    made: list[dict[str, Any]] = []
    left_out: dict[str, int] = {}
    for run in source.runs:
        if run.read is not None and (wanted := [name for name in names[:MOST_FIGURES] if name in run.metrics]):
            run.read(wanted)  # all at once: the shelf then has them
    for name in names[:MOST_FIGURES]:
        having = [run for run in source.runs if name in run.metrics]
        if _once(name, having, options) and (figure := version_figure(source, name, options)):
            made.append(figure)
            continue
        runs = having if options.group else having[-MOST_RUNS:]
        if len(having) > len(runs):
            left_out[name] = len(having) - len(runs)
        share = MOST_POINTS // (4 * max(1, len(runs)))
        narrowed = options if options.group else replace(options, width=max(NARROWEST, min(options.width, share)))
        points = [(run, colours.get(run.key, number), found[name]) for number, run in enumerate(runs)
                  if run.read is not None and name in (found := run.read([name]))]
        made.append(line_figure(name, points, narrowed))
    return Chart(made, left_out, max(0, len(names) - MOST_FIGURES))


def _once(name: str, runs: Sequence[Subject], options: Options) -> bool:
    """Whether a metric has one value in each version: over steps these would be dots one above the other."""
    versions = {run.version for run in runs}
    return (options.x == "step" and not options.group and "" not in versions and len(versions) == len(runs) > 1
            and all(run.metrics[name].count <= 1 for run in runs))


def _drawn(runs: Sequence[Subject], names: Sequence[str]) -> list[tuple[str, str]]:
    """The runs that have one of the metrics: each has one colour in all figures."""
    wanted = set(names)
    return [run.key for run in runs if wanted & run.metrics.keys()]


def _has(source: Source, name: str) -> bool:
    return any(name in one.metrics for one in (*source.runs, *source.rows))
