"""From the words of a shell to an exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.cli.interrupt import Interrupt
from jupyter_mlversion.cli.output import (
    columns_of,
    print_bytes,
    print_json,
    print_text,
    silence_output,
    talk,
    wants_colour,
)
from jupyter_mlversion.cli.progress import ProgressLine
from jupyter_mlversion.commands import COMMANDS, HelpAsked, Request, Result, make_parser, meant
from jupyter_mlversion.commands.answers import error_answer
from jupyter_mlversion.commands.text.style import Style
from jupyter_mlversion.errors import Cancelled, FileFailure, MlversionError

if TYPE_CHECKING:
    import argparse

INTERRUPTED = 130
"""As a shell reports a program that SIGINT ended."""

_SELDOM = 100_000
"""New objects between two looks for cycles: a command makes hardly any, and the usual 700 cost a tenth of its time."""

PIPE_CLOSED = 141
"""As a shell reports a program that SIGPIPE ended."""


def main(words: Sequence[str] | None = None) -> int:
    """Run ``mlversion`` with `words` (default: those of the process); the answer is the exit code.

    0 done; 1 a clear failure; 2 wrong usage; 130 interrupted; 141 the reader of the output went away.
    """
    gc.set_threshold(_SELDOM)
    words = sys.argv[1:] if words is None else list(words)
    try:
        code = _answered(words)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_output()
        return PIPE_CLOSED
    return code


def _answered(words: Sequence[str]) -> int:
    try:
        arguments = make_parser(meant(COMMANDS, words), program="mlversion", folder=True).parse_args(words)
        result = _run(arguments)
        if result.data is not None and not arguments.json:
            print_bytes(result.data)
    except HelpAsked as asked:
        print_text(str(asked))
        return 0
    except (MlversionError, KeyboardInterrupt, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        return _failed(error, as_json="--json" in words)
    if arguments.json:
        print_json(result.answer)
    elif result.text:
        print_text(result.text)
    if result.complaint:
        talk(result.complaint)
    return result.exit_code


def _run(arguments: argparse.Namespace) -> Result:
    command = COMMANDS[arguments.command]
    folder = _folder(arguments.folder_chosen)
    style = Style(wants_colour(sys.stdout), columns_of(sys.stdout), datetime.now(UTC))
    with ProgressLine(sys.stderr) as line, Interrupt(line, careful=command.careful) as progress:
        request = Request(
            arguments, folder, chosen=arguments.folder_chosen is not None, style=style, progress=progress
        )
        return command.run(request)


def _folder(chosen: str | None) -> Path:
    if chosen is None:
        return Path.cwd()
    folder = Path(chosen).absolute()
    if not folder.is_dir():
        message = f"there is no folder {chosen}"
        raise FileFailure(message)
    return folder


def _failed(error: BaseException, *, as_json: bool) -> int:
    """Say what went wrong: in words on standard error and, where it was asked for, as the one JSON document."""
    if isinstance(error, KeyboardInterrupt):
        error = Cancelled("Cancelled: nothing is left half done.")
    elif not isinstance(error, MlversionError):
        error = FileFailure(str(error))
    if as_json:
        print_json(error_answer(error.as_dict()))
    talk(f"mlversion: {error}")
    return INTERRUPTED if isinstance(error, Cancelled) else error.exit_code
