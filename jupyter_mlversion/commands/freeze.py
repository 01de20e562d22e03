"""``freeze``: a part of a split that no training may see."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import outcome_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.style import safe
from jupyter_mlversion.commands.text.versions import outcome_text


def run(request: Request) -> Result:
    """Make the version that says so."""
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    outcome = Repository.open(request.folder).freeze(
        arguments.version, arguments.name, arguments.part, notebook=whose(request)
    )
    said = f"Frozen: the part {safe(arguments.part)} of the split {safe(arguments.name)}."
    return Result(outcome_answer(outcome), f"{said}\n{outcome_text(outcome, request.style)}")


COMMAND = Command(
    "freeze", "let no training see the rows of a part of a split from now on; versions that do are marked", run,
    (
        Argument(("name",), "the split (default: split)", {"nargs": "?", "metavar": "NAME", "default": "split"}),
        Argument(("--part",), "the part (default: test)", {"metavar": "PART", "default": "test"}),
        Argument(
            ("--version",), "the version that has the split (default: HEAD)", {"metavar": "VERSION", "default": "HEAD"}
        ),
        OF_NOTEBOOK,
    ),
    magic=True, careful=True,
)
