"""A command run from its words, without printing anything: the one way in for the command line and the magics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jupyter_mlversion.commands.definition import Request, Result
from jupyter_mlversion.commands.parser import HelpAsked, make_parser, meant
from jupyter_mlversion.commands.table import MAGICS
from jupyter_mlversion.commands.text.style import Style
from jupyter_mlversion.domain.progress import Progress, silent

CELL_WIDTH = 100
"""Columns of a cell's output, where text is not told how wide it may be."""


def call(
    words: Sequence[str], folder: Path, *, notebook: str | None = None, style: Style | None = None,
    progress: Progress = silent,
) -> Result:
    """Run ``%mlversion`` with `words`.

    Parameters
    ----------
    words : the command and its arguments.
    folder : where relative paths start and where the workspace is looked for.
    notebook : the path of the notebook that asks: its history is meant where the words name none.

    Raises
    ------
    UsageError : the words are wrong.
    MlversionError : what the command raises.
    """
    try:
        arguments = make_parser(meant(MAGICS, words), program="%mlversion", folder=False).parse_args(words)
    except HelpAsked as asked:
        return Result(None, str(asked))
    style = style or Style(width=CELL_WIDTH)
    request = Request(arguments, folder, chosen=True, notebook=notebook, style=style, progress=progress)
    return MAGICS[arguments.command].run(request)
