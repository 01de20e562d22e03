"""``diff``: how two versions, or a version and the workspace, differ."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import difference_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.changes import difference_text


def run(request: Request) -> Result:
    """Compare A with B, or with the workspace as it is."""
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    difference = Repository.open(request.folder).diff(arguments.a, arguments.b, notebook=whose(request))
    return Result(difference_answer(difference), difference_text(difference, request.style))


COMMAND = Command(
    "diff", "compare two versions, or a version with the workspace", run,
    (
        Argument(("a",), "the version before", {"metavar": "A"}),
        Argument(("b",), "the version after (default: the workspace)", {"nargs": "?", "metavar": "B"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
