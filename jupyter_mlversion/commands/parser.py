"""The words of a command line, read."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.commands.definition import Command


class HelpAsked(Exception):
    """Not an error: the words ask for help, which is the message."""


class Parser(argparse.ArgumentParser):
    """Raises what `argparse` would print, and never ends the process."""

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError`."""
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise UsageError(message, hint=f"Usage: {usage}")

    def print_help(self, file: object = None) -> NoReturn:
        """Raise `HelpAsked`."""
        del file
        raise HelpAsked(self.format_help().rstrip())


def make_parser(commands: Iterable[Command], *, program: str, folder: bool) -> Parser:
    """A parser for `commands`.

    Parameters
    ----------
    program : what comes before the command: ``mlversion``, ``%mlversion``.
    folder : whether ``-C DIR`` is a word.
    """
    about = "Versions of notebooks with their data, models and metrics."
    parser = Parser(prog=program, description=about, allow_abbrev=False)
    if folder:
        _add_folder(parser, default=None)
        parser.add_argument("--version", action=_VersionAsked, help="show the version of the program")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands:
        about = f"{command.summary[:1].upper()}{command.summary[1:]}."
        words = choices.add_parser(command.name, help=command.summary, description=about, allow_abbrev=False)
        for argument in command.arguments:
            words.add_argument(*argument.names, help=argument.meaning, **argument.options)
        words.add_argument("--json", action="store_true", help="answer with one JSON document")
        if folder:
            _add_folder(words, default=argparse.SUPPRESS)
    return parser


def meant(commands: Mapping[str, Command], words: Sequence[str]) -> Iterable[Command]:
    """Those of `commands` that a parser of `words` has to know: the one that they name, else all of them."""
    rest = iter(words)
    for word in rest:
        if word == "-C":
            next(rest, None)
        elif word == "--version":
            return []
        elif not word.startswith("-"):
            return [commands[word]] if word in commands else commands.values()
    return commands.values()


class _VersionAsked(argparse.Action):
    """``--version``, looked up only when it is asked for."""

    def __init__(self, option_strings: list[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)

    def __call__(self, *_: object) -> NoReturn:
        import importlib.metadata

        message = f"jupyter_mlversion {importlib.metadata.version('jupyter_mlversion')}"
        raise HelpAsked(message)


def _add_folder(parser: argparse.ArgumentParser, default: str | None) -> None:
    meaning = "the workspace (default: found from here)"
    parser.add_argument("-C", dest="folder_chosen", metavar="DIR", default=default, help=meaning)
