"""``tag``: names for versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands.answers import tags_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.annotations import tags_text
from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Tags


def run(request: Request) -> Result:
    """Name a version, take a name away, or list all."""
    tags = _tags(request)
    return Result(tags_answer(tags), tags_text(tags, request.arguments.name, request.style))


def _tags(request: Request) -> Tags:
    from jupyter_mlversion.repository import Repository

    asked = request.arguments
    repository = Repository.open(request.folder)
    if asked.name is None:
        if asked.delete or asked.move:
            message = "no tag is named"
            raise UsageError(message, hint="Give its NAME.")
        return repository.tags()
    if not asked.delete:
        return repository.tag(asked.name, asked.version or "HEAD", move=asked.move, notebook=whose(request))
    if asked.version is not None or asked.move:
        message = "--delete takes the NAME of a tag alone"
        raise UsageError(message, hint="Leave out VERSION and --move.")
    return repository.untag(asked.name)


COMMAND = Command(
    "tag", "name a version, or list the tags", run,
    (
        Argument(("--delete",), "take the tag away; the version stays", {"action": "store_true"}),
        Argument(("--move",), "take the name from the version that has it", {"action": "store_true"}),
        Argument(("name",), "the tag, a name of its own in the workspace", {"metavar": "NAME", "nargs": "?"}),
        Argument(("version",), "the version (default: HEAD)", {"metavar": "VERSION", "nargs": "?"}),
        OF_NOTEBOOK,
    ),
    magic=True,
)
