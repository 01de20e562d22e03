"""``verify``: is everything that was promised still there?"""

from __future__ import annotations

from jupyter_mlversion.commands.answers import damage_answer, mended_answer
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.findings import damage_text, mended_text


def run(request: Request) -> Result:
    """Check the history and the store; the exit code is 1 when there is damage, after a repair when some is left."""
    from jupyter_mlversion.repository import Repository

    repository = Repository.open(request.folder)
    if request.arguments.repair:
        mended = repository.repair(progress=request.progress)
        return Result(mended_answer(mended), mended_text(mended, request.style), 1 if mended.left else 0)
    damage = repository.verify(read_data=request.arguments.read_data, progress=request.progress)
    return Result(damage_answer(damage), damage_text(damage, request.style), 1 if damage else 0)


COMMAND = Command(
    "verify", "check that the bytes of every version are there and unharmed", run,
    (
        Argument(("--read-data",), "read all stored bytes again, not only their lists", {"action": "store_true"}),
        Argument(("--repair",), "and put right what can be, from other copies or the files that are there now",
                 {"action": "store_true"}),
    ),
    careful=True,
)
