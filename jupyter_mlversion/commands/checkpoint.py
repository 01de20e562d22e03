"""``checkpoint``: make a version now, of a notebook as saved or of the workspace."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlversion.commands.answers import outcome_answer
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.versions import outcome_text
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import UnknownPath


def run(request: Request) -> Result:
    """Make the version, unless nothing has changed."""
    from jupyter_mlversion.repository import Repository

    notebook = None if request.arguments.notebook is None else saved_notebook(request, request.arguments.notebook)
    repository = Repository.open(start(request, notebook), create=True)
    outcome = repository.checkpoint(
        notebook, request.arguments.message, trigger=Trigger.CLI, progress=request.progress
    )
    return Result(outcome_answer(outcome), outcome_text(outcome, request.style))


def saved_notebook(request: Request, named: str) -> Path:
    """The absolute path of a notebook that must be there.

    Raises
    ------
    UnknownPath : it is not.
    """
    path = request.path(named).absolute()
    if not path.is_file():
        message = f"there is no notebook {named} in {request.folder}"
        raise UnknownPath(message)
    return path


def start(request: Request, notebook: Path | None) -> Path:
    """Where the workspace is looked for: the folder that the user chose, else the notebook's, else the present one."""
    return request.folder if request.chosen or notebook is None else notebook


COMMAND = Command(
    "checkpoint", "make a version of a notebook as it is saved, with its files, or of the tracked files alone", run,
    (
        Argument(("notebook",), "the notebook", {"nargs": "?", "metavar": "NOTEBOOK"}),
        Argument(("-m", "--message"), "what the version is about", {"metavar": "MSG", "default": ""}),
    ),
    careful=True,
)
