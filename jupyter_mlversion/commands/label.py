"""``label``: free metadata on a version."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import annotated_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import labels_text


def run(request: Request) -> Result:
    """Add labels to a version or remove them; without any, show what it has."""
    from jupyter_mlversion.repository import Repository

    asked = request.arguments
    repository = Repository.open(request.folder)
    version = repository.resolve(asked.version, notebook=whose(request))
    less, more = (asked.label, []) if asked.remove else ([], asked.label)
    (labelled,) = repository.annotate([version], add_labels=more, remove_labels=less)
    return Result(annotated_answer([labelled]), labels_text(labelled, request.style))


COMMAND = Command(
    "label", "label a version, or show its labels", run,
    (
        Argument(("--remove",), "take these labels away", {"action": "store_true"}),
        Argument(("version",), "the version", {"metavar": "VERSION"}),
        Argument(("label",), "a label, any text", {"metavar": "LABEL", "nargs": "*"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
