"""``doctor``: why is there no version, no panel, no file?"""

from __future__ import annotations

from jupyter_mlversion.commands.answers import findings_answer
from jupyter_mlversion.commands.definition import Command, Request, Result
from jupyter_mlversion.commands.text.findings import findings_text


def run(request: Request) -> Result:
    """Look at the installation and the workspace; needs no versions to be there."""
    from jupyter_mlversion.repository import Repository

    findings = Repository.doctor(request.folder)
    return Result(findings_answer(findings), findings_text(findings, request.style))


COMMAND = Command("doctor", "look for the reason why there is no version, no panel, no file, and say what to do", run)
