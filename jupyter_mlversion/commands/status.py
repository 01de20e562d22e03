"""``status``: where the workspace stands."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import status_answer
from jupyter_mlversion.commands.definition import Command, Request, Result
from jupyter_mlversion.commands.text.changes import status_text


def run(request: Request) -> Result:
    """Name the workspace, its lines, and what differs from them."""
    from jupyter_mlversion.repository import Repository

    status = Repository.open(request.folder).status()
    return Result(status_answer(status), status_text(status, request.style))


COMMAND = Command("status", "show the workspace, its notebooks' versions, and what has changed since", run, magic=True)
