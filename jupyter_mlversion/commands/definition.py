"""What a command is: words, arguments, and how its answer is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.text.style import Style
from jupyter_mlversion.domain.progress import Progress, silent

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command.

    Parameters
    ----------
    names : the flags, or the one name of a positional argument.
    meaning : for the help and the documentation.
    options : what `argparse` is told besides.
    """

    names: tuple[str, ...]
    meaning: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A command that is to be run.

    Parameters
    ----------
    arguments : as `argparse` read them.
    folder : where relative paths start and where the workspace is looked for.
    chosen : whether the user chose the folder (``-C``); else a notebook that is named decides the workspace.
    notebook : whose ``HEAD`` and branches are meant when the words do not say; None: the newest version's.
    style : how text for people looks.
    progress : told how far long work is.
    """

    arguments: argparse.Namespace
    folder: Path
    chosen: bool = False
    notebook: str | None = None
    style: Style = field(default_factory=Style)
    progress: Progress = silent

    def path(self, text: str) -> Path:
        """The path that the user wrote as `text`."""
        return self.folder / text


@dataclass(frozen=True, slots=True)
class Result:
    """What a command answers.

    Parameters
    ----------
    answer : for ``--json``: the public contract.
    text : the same for people.
    exit_code : 0 done, 1 a clear failure.
    complaint : what went wrong or needs attention, beside the answer; the command line puts it on standard error.
    figures : for a notebook to show: Plotly's descriptions by name.
    data : bytes for standard output, in pieces, where those and no words are the answer.
    """

    answer: Any
    text: str
    exit_code: int = 0
    complaint: str = ""
    figures: tuple[dict[str, Any], ...] = ()
    data: Iterable[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Parameters
    ----------
    name : the verb.
    summary : one line.
    run : makes the answer; raises the typed errors.
    arguments : besides ``--json``, which every command has.
    magic : whether ``%mlversion`` has it.
    careful : whether it watches its progress, so that an interrupt can wait until nothing is half done.
    """

    name: str
    summary: str
    run: Callable[[Request], Result]
    arguments: tuple[Argument, ...] = ()
    magic: bool = False
    careful: bool = False


OF_NOTEBOOK = Argument(
    ("--notebook",), "the notebook whose HEAD and branches VERSION means (default: that of the newest version)",
    {"metavar": "NOTEBOOK"},
)


def whose(request: Request) -> str | Path | None:
    """The notebook whose ``HEAD`` and branches the request means."""
    named: str | None = request.arguments.notebook
    return request.notebook if named is None else request.path(named).absolute()
