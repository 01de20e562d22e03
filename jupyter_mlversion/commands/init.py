"""``init``: make a folder a workspace."""

from __future__ import annotations

from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.style import safe
from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.errors import FileFailure, UnsafeWorkspace


def run(request: Request) -> Result:
    """Make the workspace, or find that it is one; a folder that is named becomes one itself, even inside another."""
    from jupyter_mlversion.repository import Repository

    folder = request.folder
    if request.arguments.folder is not None:
        folder = request.path(request.arguments.folder).absolute()
        _prepare(request, str(folder))
    repository = Repository.open(folder, create=True)
    return Result({"workspace": str(repository.root)}, f"The workspace is {safe(str(repository.root))}")


def _prepare(request: Request, named: str) -> None:
    from jupyter_mlversion.repository.workspace import is_unsafe

    folder = request.path(named).resolve()
    if is_unsafe(folder):
        message = f"{folder} is a home folder or the root of the file system: it cannot be a workspace"
        raise UnsafeWorkspace(message, hint="Name a folder of its own.")
    try:
        (folder / FOLDER_NAME).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{folder} cannot be made a workspace: {error.strerror}"
        raise FileFailure(message) from error


COMMAND = Command(
    "init", "make a folder a workspace; a first checkpoint does it by itself", run,
    (
        Argument(
            ("folder",), "the folder (default: the enclosing Git work tree, else this folder)",
            {"nargs": "?", "metavar": "DIR"},
        ),
    ),
)
