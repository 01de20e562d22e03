"""``storage``: what takes the room?"""

from __future__ import annotations

from jupyter_mlversion.commands.answers import storage_answer
from jupyter_mlversion.commands.definition import Command, Request, Result
from jupyter_mlversion.commands.text.storage import storage_text


def run(request: Request) -> Result:
    """Show what the store holds, and for whom."""
    from jupyter_mlversion.repository import Repository

    storage = Repository.open(request.folder).storage(request.progress)
    return Result(storage_answer(storage), storage_text(storage, request.style))


COMMAND = Command("storage", "show what takes the room in the store, and what gc would free", run, careful=True)
