"""``show``: one version whole."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import detail_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.versions import detail_text

VERSION = Argument(
    ("version",), "a version: an id or its beginning, a branch, a tag, HEAD, HEAD~2", {"metavar": "VERSION"}
)


def run(request: Request) -> Result:
    """Show a version: files, metrics, parameters, splits, environment."""
    from jupyter_mlversion.repository import Repository

    detail = Repository.open(request.folder).show(request.arguments.version, notebook=whose(request))
    return Result(detail_answer(detail), detail_text(detail, request.style))


_SHOWN = Argument(
    VERSION.names, f"{VERSION.meaning} (default: HEAD)", {**VERSION.options, "nargs": "?", "default": "HEAD"}
)

COMMAND = Command("show", "show one version whole", run, (_SHOWN, OF_NOTEBOOK), magic=True)
