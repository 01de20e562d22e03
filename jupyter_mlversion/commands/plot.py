"""``plot``: the pictures of the splits of a version."""

from __future__ import annotations

from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.words import plural

_VIEWS = ("sizes", "balance", "membership", "drift", "leakage", "distributions")


def run(request: Request) -> Result:
    """Make the figures; show them in a cell, or write a page."""
    from jupyter_mlversion.figures.shown import page
    from jupyter_mlversion.figures.views import version_figures
    from jupyter_mlversion.repository import Repository

    words = request.arguments
    repository = Repository.open(request.folder)
    detail = repository.show(words.version, notebook=whose(request))
    figures = version_figures(detail.snapshot.splits, repository.store.read, name=words.split, view=words.view)
    lines = [f"{plural(len(figures), 'figure')} of version {detail.version.short}."]
    if words.output is not None:
        path = request.path(words.output)
        path.write_text(page(figures), encoding="utf-8")
        lines.append(f"Written to {path}")
    elif not request.notebook and figures:
        lines.append("-o FILE writes them as a page; a notebook shows them.")
    return Result({"version": detail.version.id, "figures": figures}, "\n".join(lines), figures=tuple(figures))


COMMAND = Command(
    "plot", "draw the splits of a version", run,
    (
        Argument(("--split",), "only the split of this name", {"metavar": "NAME"}),
        Argument(("--view",), "only this picture (default: all but distributions)",
                 {"choices": _VIEWS, "metavar": "VIEW"}),
        Argument(("-o", "--output"), "write an HTML page here, which needs no network", {"metavar": "FILE"}),
        OF_NOTEBOOK,
        Argument(("version",), "a version (default: HEAD)", {"metavar": "VERSION", "nargs": "?", "default": "HEAD"}),
    ),
    magic=True,
)
