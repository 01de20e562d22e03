"""``star``: keep versions, whatever rules of retention say."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import annotated_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import starred_text


def run(request: Request) -> Result:
    """Star versions, or no more."""
    from jupyter_mlversion.repository import Repository

    repository = Repository.open(request.folder)
    ids = [repository.resolve(name, notebook=whose(request)) for name in request.arguments.version]
    starred = repository.annotate(ids, starred=not request.arguments.remove)
    return Result(annotated_answer(starred), starred_text(starred, request.style))


COMMAND = Command(
    "star", "star versions: no rule of retention lets them go", run,
    (
        Argument(("--remove",), "take the star away", {"action": "store_true"}),
        Argument(("version",), "a version: id, branch, tag, HEAD, HEAD~2", {"nargs": "+", "metavar": "VERSION"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
