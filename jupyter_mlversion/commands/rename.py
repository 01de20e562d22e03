"""``rename``: call a version otherwise."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import annotated_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import renamed_text


def run(request: Request) -> Result:
    """Give a version another message; the commit keeps the one that it was made with."""
    from jupyter_mlversion.repository import Repository

    repository = Repository.open(request.folder)
    version = repository.resolve(request.arguments.version, notebook=whose(request))
    (renamed,) = repository.annotate([version], message=request.arguments.message)
    return Result(annotated_answer([renamed]), renamed_text(renamed, request.style))


COMMAND = Command(
    "rename", "give a version another message; an empty one brings the first one back", run,
    (
        Argument(("version",), "the version", {"metavar": "VERSION"}),
        Argument(("message",), "what it is called from now on", {"metavar": "MESSAGE"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
