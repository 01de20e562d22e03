"""``restore``: bring a version's files back, always with a way back; or copy them beside what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.answers import copied_answer, plan_answer, restored_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.show import VERSION
from jupyter_mlversion.commands.text.changes import copied_text, plan_text, restored_text
from jupyter_mlversion.domain.artifact import Role

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Repository


def run(request: Request) -> Result:
    """Plan the restore and, unless it is a dry run, do it."""
    from jupyter_mlversion.repository import Repository

    arguments, style = request.arguments, request.style
    repository = Repository.open(request.folder)
    paths = [str(request.path(path).absolute()) for path in arguments.path]
    parts = [Role(part) for part in arguments.part]
    wanted: dict[str, Any] = {"parts": parts, "everything": arguments.all, "notebook": whose(request)}
    folder = None if arguments.as_copy is None else request.path(arguments.as_copy).absolute()
    if arguments.dry_run:
        plan = repository.plan_restore(
            arguments.version, paths, keep_new=arguments.keep_new, copy_to=folder, **wanted
        )
        return Result({"plan": plan_answer(plan), "restored": False, "safety_version": None}, plan_text(plan, style))
    if folder is not None:
        copied = repository.copy(arguments.version, folder, paths, progress=request.progress, **wanted)
        return Result(copied_answer(copied), f"{plan_text(copied.plan, style)}\n\n{copied_text(copied, style)}")
    return _restore(request, repository, paths, wanted)


def _restore(request: Request, repository: Repository, paths: list[str], wanted: dict[str, Any]) -> Result:
    arguments, style = request.arguments, request.style
    restored = repository.restore(
        arguments.version, paths, keep_new=arguments.keep_new, progress=request.progress, **wanted
    )
    short = restored.plan.version[:12]
    text = f"{plan_text(restored.plan, style)}\n\n{restored_text(restored, short, style)}"
    return Result(restored_answer(restored), text)


COMMAND = Command(
    "restore", "bring the files of a version back; the state before is kept and can be restored in turn", run,
    (
        VERSION,
        Argument(("path",), "only these files or folders", {"nargs": "*", "metavar": "PATH"}),
        Argument(("--part",), "only notebook, data, model or other files; several times for several",
                 {"action": "append", "default": [], "choices": [role.value for role in Role], "metavar": "PART"}),
        Argument(("--as-copy",), "write the files below a new folder instead, and leave all others alone",
                 {"metavar": "FOLDER"}),
        Argument(("--dry-run",), "only show what would be done", {"action": "store_true"}),
        Argument(("--all",), "the files of all notebooks, as they were then", {"action": "store_true"}),
        Argument(("--keep-new",), "leave files alone that the version does not have", {"action": "store_true"}),
        OF_NOTEBOOK,
    ),
    magic=True, careful=True,
)
