"""``delete`` and ``undelete``: hide versions, and show them again."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import deleted_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.storage import deleted_text, undeleted_text

_VERSIONS = Argument(("version",), "a version: id, branch, tag, HEAD, HEAD~2", {"nargs": "+", "metavar": "VERSION"})


def run(request: Request) -> Result:
    """Hide versions; nothing of their metadata goes."""
    from jupyter_mlversion.repository import Repository

    repository = Repository.open(request.folder)
    ids = [repository.resolve(name, notebook=whose(request)) for name in request.arguments.version]
    deleted = repository.delete(ids, dry_run=request.arguments.dry_run, progress=request.progress)
    return Result(deleted_answer(deleted), deleted_text(deleted, request.style, dry_run=request.arguments.dry_run))


def run_undelete(request: Request) -> Result:
    """Show hidden versions again; the exit code is 1 when some of their files are gone."""
    from jupyter_mlversion.repository import Repository

    repository = Repository.open(request.folder)
    ids = [repository.resolve(name, notebook=whose(request)) for name in request.arguments.version]
    shown = repository.undelete(ids)
    return Result(deleted_answer(shown), undeleted_text(shown, request.style), 1 if shown.missing else 0)


COMMAND = Command(
    "delete", "hide versions; what they alone need is removed by `mlversion gc`", run,
    (Argument(("--dry-run",), "only show what would be done", {"action": "store_true"}), _VERSIONS, OF_NOTEBOOK),
)

UNDELETE = Command(
    "undelete", "show deleted versions again, with what is left of their files", run_undelete, (_VERSIONS, OF_NOTEBOOK),
)
