"""``plot``: the pictures of metrics and of splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.words import plural
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.store.failure import failures

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mlversion.repository import Repository

_VIEWS = ("sizes", "balance", "membership", "drift", "leakage", "distributions")
_CHARTS = ("chart", "metric", "x", "log", "smooth", "group_by", "band", "against", "param", "colour", "where")
_SPLITS = ("split", "view")


def run(request: Request) -> Result:
    """Make the figures; show them in a cell, or write a page."""
    from jupyter_mlversion.repository import Repository

    words = request.arguments
    charts = [name for name in _CHARTS if getattr(words, name)]
    splits = [name for name in _SPLITS if getattr(words, name)]
    if splits and (charts or len(words.version) > 1):
        message = f"plot: --{splits[0]} is of the splits of one version"
        raise UsageError(message, hint=f"Leave out --{splits[0]} for charts of metrics.")
    repository = Repository.open(request.folder)
    if charts or len(words.version) > 1:
        answer, figures, what = _charts(repository, request)
    else:
        answer, figures, what = _of_one(repository, request, alone=bool(splits))
    lines = [f"{plural(len(figures), 'figure')} of {what}."]
    if words.output is not None:
        from jupyter_mlversion.figures.shown import page

        path = request.path(words.output)
        with failures(f"writing {path}"):
            path.write_text(page(figures), encoding="utf-8")
        lines.append(f"Written to {path}")
    elif not request.notebook and figures:
        lines.append("-o FILE writes them as a page; a notebook shows them.")
    return Result({**answer, "figures": figures}, "\n".join(lines), figures=tuple(figures))


def _of_one(repository: Repository, request: Request, *, alone: bool
            ) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """The metrics and the splits of one version, or its splits `alone`."""
    from jupyter_mlversion.figures.charts import Options
    from jupyter_mlversion.figures.charts.ask import charts_of
    from jupyter_mlversion.figures.views import version_figures

    words = request.arguments
    detail = repository.show(*(words.version or ["HEAD"]), notebook=whose(request))
    splits = detail.snapshot.splits
    figures = [] if alone else charts_of(repository, Options(), [detail.version.id])[0].figures
    if splits or not figures:
        figures += version_figures(splits, repository.store.read, name=words.split, view=words.view)
    return {"version": detail.version.id}, figures, f"version {detail.version.short}"


def _charts(repository: Repository, request: Request) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    from jupyter_mlversion.figures.charts.ask import charts_of

    words = request.arguments
    if words.version and words.where:
        message = "plot takes versions or --where, not both"
        raise UsageError(message, hint="Leave out one of them.")
    made, versions = charts_of(repository, _options(words), words.version, words.where or "", whose(request))
    return ({"versions": [version.id for version in versions]}, made.figures, plural(len(versions), "version"))


def _options(words: Namespace) -> Any:
    from jupyter_mlversion.figures.charts import Options

    given = {"kind": words.chart, "metrics": words.metric and tuple(words.metric), "x": words.x, "log": words.log,
             "smooth": words.smooth, "group": words.group_by, "band": words.band, "against": words.against,
             "params": words.param and tuple(words.param), "colour": words.colour}
    return Options(**{name: value for name, value in given.items() if value is not None})


COMMAND = Command(
    "plot", "draw metrics and splits of versions", run,
    (
        Argument(("--chart",), "lines over --x (default), scatter against a parameter, parallel coordinates",
                 {"choices": ("lines", "scatter", "parallel"), "metavar": "KIND"}),
        Argument(("--metric",), "only this metric; may be repeated", {"action": "append", "metavar": "NAME"}),
        Argument(("--x",), "what lines are drawn over: step (default), time, relative, version",
                 {"choices": ("step", "time", "relative", "version"), "metavar": "AXIS"}),
        Argument(("--log",), "logarithmic axes: x, y, xy", {"choices": ("x", "y", "xy"), "metavar": "AXES"}),
        Argument(("--smooth",), "weight of what came before, 0 to less than 1", {"type": float, "metavar": "WEIGHT"}),
        Argument(("--group-by",), "runs with the same value of this parameter become one line, with a band",
                 {"metavar": "PARAM"}),
        Argument(("--band",), "of a group: std (default), or range", {"choices": ("std", "range"), "metavar": "BAND"}),
        Argument(("--against",), "the parameter of a scatter chart", {"metavar": "PARAM"}),
        Argument(("--param",), "an axis of parallel coordinates (default: the parameters that vary); may be repeated",
                 {"action": "append", "metavar": "PARAM"}),
        Argument(("--colour",), "the metric that gives the colours of scatter and parallel", {"metavar": "NAME"}),
        Argument(("--where",), "of the versions that fit this query", {"metavar": "QUERY"}),
        Argument(("--split",), "only the split of this name", {"metavar": "NAME"}),
        Argument(("--view",), "only this picture of splits (default: all but distributions)",
                 {"choices": _VIEWS, "metavar": "VIEW"}),
        Argument(("-o", "--output"), "write an HTML page here, which needs no network", {"metavar": "FILE"}),
        OF_NOTEBOOK,
        Argument(("version",), "versions (default: HEAD; with options of charts: all)",
                 {"metavar": "VERSION", "nargs": "*"}),
    ),
    magic=True,
)
