"""``init``: make a folder a workspace."""

from __future__ import annotations

from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.style import safe


def run(request: Request) -> Result:
    """Make the workspace, or find that it is one; a folder that is named becomes one itself, even inside another."""
    from jupyter_mlversion.repository import Repository

    if request.arguments.folder is None:
        repository = Repository.open(request.folder, create=True)
    else:
        repository = Repository.init(request.path(request.arguments.folder).absolute())
    return Result({"workspace": str(repository.root)}, f"The workspace is {safe(str(repository.root))}")


COMMAND = Command(
    "init", "make a folder a workspace; a first checkpoint does it by itself", run,
    (
        Argument(
            ("folder",), "the folder (default: the enclosing Git work tree, else this folder)",
            {"nargs": "?", "metavar": "DIR"},
        ),
    ),
)
