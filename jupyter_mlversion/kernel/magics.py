"""``%mlversion …`` and ``%%checkpoint MSG``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import MlversionError, UsageError
from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.kernel.session import Session

_CELL_MAGIC = "%%checkpoint"

_MORE = """
in a cell also:
    checkpoint -m MSG   make a version when this cell finishes
    autolog             record what MLflow or scikit-learn train, from here on
    log acc=0.93 step=3 log metrics; numbers, or variables that hold one
    COMMAND --help      what a command takes"""

_LOOKING = frozenset({"check", "diff", "log", "plot", "restore", "show"})
"""Commands that look at versions: those of the cells before, too, where all cells are run at once."""

_PATIENCE = 3.0
"""Seconds that they wait for a front end that makes a version."""


def register_magics(session: Session) -> None:
    """Give the session's shell the magics."""
    from IPython.core.magic import no_var_expand

    def mlversion(line: str) -> Any:
        """Versions of this notebook: ``%mlversion checkpoint|log|show|diff|restore|status``; ``--help`` after each."""
        return _run(session, line)

    def checkpoint(line: str, cell: str) -> None:
        """Make a version when this cell finishes: ``%%checkpoint MSG`` on its first line."""
        session.ask(line.strip(), Trigger.MAGIC)
        shell: Any = session.shell
        shell.ex(shell.transform_cell(cell))

    shell: Any = session.shell
    shell.register_magic_function(no_var_expand(mlversion), "line", "mlversion")
    shell.register_magic_function(checkpoint, "cell", "checkpoint")
    # Replaced before IPython sees a cell magic, so that the rest is an ordinary cell: its last value is shown.
    shell.input_transformer_manager.cleanup_transforms.insert(0, plain_cell)


def plain_cell(lines: list[str]) -> list[str]:
    """A cell that begins with ``%%checkpoint MSG``, with a call in place of that line; other cells as they are."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return lines
    magic, _, message = lines[first].strip().partition(" ")
    if magic != _CELL_MAGIC:
        return lines
    words = f"checkpoint -m {shlex.quote(message.strip())}"
    call = f"get_ipython().run_line_magic('mlversion', {words!r})\n"
    rest = lines[first + 1 :]
    if any(line.strip() for line in rest) and rest[0].startswith("%%"):
        return lines  # another cell magic below: IPython runs it inside of ours
    return [*lines[:first], call, *rest]


def _run(session: Session, line: str) -> Any:
    """Run the words; a failure is shown as one message, without a traceback, and stops the cell."""
    from IPython.core.error import UsageError as ShownPlainly

    try:
        words = shlex.split(line)
        if not words or words in [["-h"], ["--help"]]:
            print(f"{_help()}\n{_MORE}")  # noqa: T201 - this is how a cell shows it
            return None
        if words[:1] == ["checkpoint"]:
            session.ask(_message(words[1:]), Trigger.MAGIC)
            return None
        if words == ["autolog"]:
            from jupyter_mlversion.automatic import start

            print(start())  # noqa: T201 - this is how a cell shows it
            return None
        if words[:1] == ["split"] and not {"-h", "--help"} & {*words}:
            from jupyter_mlversion.kernel.variables import split_variables

            print(split_variables(words[1:], session.shell))  # noqa: T201 - this is how a cell shows it
            return None
        if words[:1] == ["check"] and (report := _checked(session, words[1:])):
            print(report)  # noqa: T201 - likewise
            return None
        if words[:1] == ["freeze"] and (frozen := _frozen(words[1:])):
            print(frozen)  # noqa: T201 - likewise
            return None
        if words[:1] == ["log"] and any(_is_value(word) for word in words[1:]):
            log_words(words[1:], session.shell.user_ns)
            return None
        return _command(session, words)
    except ValueError as error:
        message = f"%mlversion {line}: {error}"
        raise ShownPlainly(message) from error
    except MlversionError as error:
        raise ShownPlainly(str(error)) from error


def log_words(words: list[str], names: Mapping[str, Any]) -> None:
    """``%mlversion log acc=0.93 loss=loss step=3``: numbers, or variables that hold one.

    Parameters
    ----------
    names : the user's variables.

    Raises
    ------
    UsageError : a word is no name=value, or a value is neither a number nor such a variable.
    """
    values: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            message = f"%mlversion log: {word!r} is not name=value"
            raise UsageError(message, hint="%mlversion log acc=0.93 step=3 logs, %mlversion log lists versions.")
        try:
            values[name] = float(value)
        except ValueError:
            if value not in names:
                message = f"%mlversion log: {value!r} is neither a number nor a variable"
                raise UsageError(message) from None
            values[name] = names[value]
    step = values.pop("step", None)
    recorder().log(values, step=step)


def _help() -> str:
    from jupyter_mlversion.commands import call

    return call(["--help"], Path.cwd()).text


def _checked(session: Session, words: list[str]) -> str:
    from jupyter_mlversion.kernel.variables import check_variables

    return check_variables(words, session.shell)


def _frozen(words: list[str]) -> str:
    """``%mlversion freeze`` of a split of this session, which the next version says; empty when it is none of these."""
    from jupyter_mlversion.commands import make_parser
    from jupyter_mlversion.commands.table import MAGICS
    from jupyter_mlversion.kernel.splits import freeze
    from jupyter_mlversion.splits import register

    if {"-h", "--help", "--version"} & {*words}:
        return ""
    arguments = make_parser([MAGICS["freeze"]], program="%mlversion", folder=False).parse_args(["freeze", *words])
    if register().find(arguments.name) is None or arguments.notebook is not None:
        return ""
    freeze(arguments.name, arguments.part)
    return f"Frozen from the next version on: the part {arguments.part} of the split {arguments.name}."


def _is_value(word: str) -> bool:
    return "=" in word and not word.startswith("-") and not word.endswith(".ipynb")


def _message(words: list[str]) -> str:
    if not words:
        return ""
    if words[0] in {"-m", "--message"} and len(words) == 2:  # noqa: PLR2004 - the flag and its text
        return words[1]
    if words[0].startswith("--message=") and len(words) == 1:
        return words[0].partition("=")[2]
    message = f"%mlversion checkpoint does not know {' '.join(words)}"
    raise UsageError(message, hint="Write %mlversion checkpoint -m 'what this is about'.")


def _command(session: Session, words: list[str]) -> Any:
    from jupyter_mlversion.commands import call

    if words[:1] and words[0] in _LOOKING:
        session.settle(_PATIENCE)
    notebook = session.notebook
    folder = notebook.parent if notebook else Path.cwd()
    result = call(words, folder, notebook=None if notebook is None else str(notebook))
    if result.complaint:
        print(result.complaint, file=sys.stderr)  # noqa: T201 - this is how a cell shows it
    if "--json" in words:
        return result.answer
    print(result.text)  # noqa: T201 - this is how a cell shows it
    if result.figures:
        from jupyter_mlversion.figures.shown import show

        show(result.figures)
    return None
