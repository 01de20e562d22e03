"""``note``: what there is to say of a version."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import annotated_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import note_text
from jupyter_mlversion.errors import UsageError


def run(request: Request) -> Result:
    """Write, show or remove the note on a version."""
    from jupyter_mlversion.repository import Repository

    asked = request.arguments
    if asked.remove and asked.text is not None:
        message = "a note cannot be written and removed at once"
        raise UsageError(message, hint="Leave out TEXT, or --remove.")
    repository = Repository.open(request.folder)
    version = repository.resolve(asked.version, notebook=whose(request))
    (noted,) = repository.annotate([version], note="" if asked.remove else asked.text)
    return Result(annotated_answer([noted]), note_text(noted, request.style))


COMMAND = Command(
    "note", "write a note on a version, or show it", run,
    (
        Argument(("--remove",), "take the note away", {"action": "store_true"}),
        Argument(("version",), "the version", {"metavar": "VERSION"}),
        Argument(("text",), "the note, any number of lines (default: show it)", {"metavar": "TEXT", "nargs": "?"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
