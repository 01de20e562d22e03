"""``log``: the versions, newest first."""

from __future__ import annotations

import argparse

from jupyter_mlversion.commands.answers import version_answer
from jupyter_mlversion.commands.checkpoint import start
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.versions import log_text


def run(request: Request) -> Result:
    """List the versions of a notebook, or all."""
    from jupyter_mlversion.repository import Repository

    named = request.arguments.notebook
    notebook = None if named is None else request.path(named).absolute()
    repository = Repository.open(start(request, notebook))
    whose = notebook or request.notebook
    arguments = request.arguments
    if arguments.where is None and arguments.sort is None:
        versions = repository.log(whose, limit=arguments.number)
    else:
        versions = list(repository.find(
            arguments.where or "", whose, sort=arguments.sort, descending=not arguments.ascending,
            limit=arguments.number, progress=request.progress,
        ).versions)
    return Result([version_answer(version) for version in versions], log_text(versions, request.style))


def positive(text: str) -> int:
    """A number of versions, from 1."""
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is not a number from 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


COMMAND = Command(
    "log", "list the versions, newest first", run,
    (
        Argument(("notebook",), "only those of this notebook", {"nargs": "?", "metavar": "NOTEBOOK"}),
        Argument(("-n", "--number"), "at most N versions", {"metavar": "N", "type": positive}),
        Argument(("-w", "--where"), "only those that fit a query, such as 'acc > 0.9 and branch == main'",
                 {"metavar": "QUERY"}),
        Argument(("--sort",), "by a metric, parameter or field, the largest first", {"metavar": "NAME"}),
        Argument(("--ascending",), "with --sort: the smallest first", {"action": "store_true"}),
    ),
    magic=True,
)
