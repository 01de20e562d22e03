"""``diff``: how two versions, or a version and the workspace, differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.answers import difference_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.changes import difference_text
from jupyter_mlversion.commands.text.inside import inside_text
from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Repository


def run(request: Request) -> Result:
    """Compare A with B, or with the workspace as it is."""
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    repository = Repository.open(request.folder)
    if arguments.path is not None:
        return _of_file(request, repository)
    if arguments.key is not None:
        message = "--key is for the rows of one table"
        raise UsageError(message, hint="Name the file with --path.")
    difference = repository.diff(arguments.a, arguments.b, notebook=whose(request))
    return Result(difference_answer(difference), difference_text(difference, request.style))


def _of_file(request: Request, repository: Repository) -> Result:
    arguments = request.arguments
    found = repository.artifact_difference(arguments.a, arguments.b, arguments.path, notebook=whose(request),
                                           key=arguments.key, progress=request.progress)
    return Result(to_plain(found), inside_text(found, request.style))


COMMAND = Command(
    "diff", "compare two versions, or a version with the workspace", run,
    (
        Argument(("a",), "the version before", {"metavar": "A"}),
        Argument(("b",), "the version after (default: the workspace)", {"nargs": "?", "metavar": "B"}),
        Argument(("--path",), "only this file, in the terms of what is inside", {"metavar": "PATH"}),
        Argument(("--key",), "of a table: the column by which rows are told (default: found)", {"metavar": "COLUMN"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
