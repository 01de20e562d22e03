"""``restore``: bring a version's files back; always with a way back."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import plan_answer, restored_answer
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.show import VERSION
from jupyter_mlversion.commands.text.changes import plan_text, restored_text


def run(request: Request) -> Result:
    """Plan the restore and, unless it is a dry run, do it."""
    from jupyter_mlversion.repository import Repository

    arguments, style = request.arguments, request.style
    repository = Repository.open(request.folder)
    paths = [str(request.path(path).absolute()) for path in arguments.path]
    if arguments.dry_run:
        plan = repository.plan_restore(
            arguments.version, paths, everything=arguments.all, keep_new=arguments.keep_new, notebook=whose(request)
        )
        return Result({"plan": plan_answer(plan), "restored": False, "safety_version": None}, plan_text(plan, style))
    restored = repository.restore(
        arguments.version, paths, everything=arguments.all, keep_new=arguments.keep_new, notebook=whose(request),
        progress=request.progress,
    )
    short = restored.plan.version[:12]
    text = f"{plan_text(restored.plan, style)}\n\n{restored_text(restored, short, style)}"
    return Result(restored_answer(restored), text)


COMMAND = Command(
    "restore", "bring the files of a version back; the state before is kept and can be restored in turn", run,
    (
        VERSION,
        Argument(("path",), "only these files or folders", {"nargs": "*", "metavar": "PATH"}),
        Argument(("--dry-run",), "only show what would be done", {"action": "store_true"}),
        Argument(("--all",), "the files of all notebooks, as they were then", {"action": "store_true"}),
        Argument(("--keep-new",), "leave files alone that the version does not have", {"action": "store_true"}),
        OF_NOTEBOOK,
    ),
    magic=True, careful=True,
)
