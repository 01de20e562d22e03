"""``execute``: run a notebook headless, with a version per tagged cell."""

from __future__ import annotations

import argparse
import json

from jupyter_mlversion.commands.answers import version_answer
from jupyter_mlversion.commands.checkpoint import saved_notebook, start
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.versions import log_text
from jupyter_mlversion.domain.run import Value


def run(request: Request) -> Result:
    """Execute the notebook in its own kernel; a failing cell stops it, the versions before stay."""
    from jupyter_mlversion.execute import execute_notebook
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    notebook = saved_notebook(request, arguments.notebook)
    repository = Repository.open(start(request, notebook), create=True)
    executed = execute_notebook(
        repository,
        notebook,
        output=None if arguments.output is None else request.path(arguments.output).absolute(),
        parameters=dict(arguments.param),
        progress=request.progress,
    )
    failed = executed.failed
    answer = {
        "versions": [version_answer(version) for version in executed.versions],
        "failed": None if failed is None else {"cell_id": failed.cell_id, "error": failed.message},
    }
    text = log_text(executed.versions[::-1], request.style) if executed.versions else ""
    if failed is None:
        return Result(answer, text or "Executed; no cell made a version.", complaint="\n".join(executed.notes))
    complaint = [part for part in (*executed.notes, failed.traceback, failed.message, failed.hint) if part]
    return Result(answer, text, 1, "\n".join(complaint))


def parameter(text: str) -> tuple[str, Value]:
    """``name=value``; the value is JSON where that gives a number, truth value, null or string, else plain text."""
    name, separator, written = text.partition("=")
    if not separator or not name.isidentifier():
        message = f"{text!r} is not name=value"
        raise argparse.ArgumentTypeError(message)
    try:
        value = json.loads(written)
    except ValueError:
        return name, written
    return name, value if isinstance(value, Value) else written


COMMAND = Command(
    "execute", "run a notebook in its own kernel, without a browser; every tagged cell makes a version", run,
    (
        Argument(("notebook",), "the notebook", {"metavar": "NOTEBOOK"}),
        Argument(("-o", "--output"), "write the executed notebook here (default: in place)", {"metavar": "FILE"}),
        Argument(
            ("--param",), "set a parameter of the cell tagged `parameters`; JSON, else text; can be repeated",
            {"metavar": "k=v", "action": "append", "default": [], "type": parameter},
        ),
    ),
    careful=True,
)
