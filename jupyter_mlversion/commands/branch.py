"""``branch``: ways on from a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands.answers import branches_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import branches_text
from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Branches


def run(request: Request) -> Result:
    """Begin a branch, rename or remove one, or list those of a notebook."""
    branches = _branches(request)
    return Result(branches_answer(branches), branches_text(branches, request.arguments.name, request.style))


def _branches(request: Request) -> Branches:
    from jupyter_mlversion.repository import Repository

    asked = request.arguments
    if asked.name is None and (asked.delete or asked.rename is not None):
        message = "no branch is named"
        raise UsageError(message, hint="Give its NAME.")
    if asked.delete + (asked.rename is not None) + (asked.version is not None) > 1:
        message = "--delete, --rename and VERSION are three different things to do"
        raise UsageError(message, hint="Do one after the other.")
    repository = Repository.open(request.folder)
    if asked.name is not None and not asked.delete and asked.rename is None:
        return repository.open_branch(asked.name, asked.version or "HEAD", notebook=whose(request))
    line = repository.history.read(repository.resolve("HEAD", notebook=whose(request))).line
    if asked.name is None:
        return repository.branches(line)
    if asked.delete:
        return repository.remove_branch(line, asked.name)
    return repository.rename_branch(line, asked.name, asked.rename)


COMMAND = Command(
    "branch", "begin a branch at a version, or list those of a notebook", run,
    (
        Argument(("--delete",), "take the branch away; its versions stay", {"action": "store_true"}),
        Argument(("--rename",), "call the branch so from now on", {"metavar": "NEW"}),
        Argument(("name",), "the branch", {"metavar": "NAME", "nargs": "?"}),
        Argument(("version",), "where it begins (default: HEAD)", {"metavar": "VERSION", "nargs": "?"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
