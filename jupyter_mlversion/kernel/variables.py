"""``%mlversion split frame --target species``: variables of the user in, and out."""

from __future__ import annotations

import keyword
import os
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = ("target", "groups", "time", "column")


def split_variables(words: Sequence[str], shell: Any) -> str:
    """Split a variable, or any expression, as the words say; the parts become variables of their names.

    Parameters
    ----------
    words : after ``split``.
    shell : IPython's.

    Returns
    -------
    str : what was made.

    Raises
    ------
    UsageError : the words are wrong, or name neither a variable nor a file.
    """
    from jupyter_mlversion.commands import make_parser
    from jupyter_mlversion.commands.split import chosen, partition_text, write_rows
    from jupyter_mlversion.commands.table import MAGICS
    from jupyter_mlversion.splits import split
    from jupyter_mlversion.splits.table import table_of

    arguments = make_parser([MAGICS["split"]], program="%mlversion", folder=False).parse_args(["split", *words])
    data = _value(arguments.data, shell)
    settings = chosen(arguments)
    columns = table_of(data).names
    for what in _NAMED:
        if what in settings and settings[what] not in columns:
            settings[what] = _value(settings[what], shell)
    partition = split(data, **settings)
    if arguments.output is not None:
        from pathlib import Path

        write_rows(partition, Path(arguments.output))
    made = {partition.record.name: partition}
    if not partition.is_cross_validation:
        made |= partition.indices
    made = {name: value for name, value in made.items() if name.isidentifier() and not keyword.iskeyword(name)}
    shell.push(made)
    variables = f"\nVariables: {', '.join(made)}" if made else ""
    return f"{partition_text(partition)}{variables}"


def check_variables(words: Sequence[str], shell: Any) -> str:
    """``%mlversion check [--split NAME] [--data frame]``: what is found in a split of this session.

    Parameters
    ----------
    words : after ``check``.
    shell : IPython's.

    Returns
    -------
    str : the report; empty when a version is named, or no split of this session is meant.

    Raises
    ------
    UsageError : the words are wrong, or name neither a variable nor a file.
    """
    from jupyter_mlversion.commands import make_parser
    from jupyter_mlversion.commands.check import report_lines
    from jupyter_mlversion.commands.table import MAGICS
    from jupyter_mlversion.splits import register
    from jupyter_mlversion.splits.ask import check
    from jupyter_mlversion.splits.report import Report

    if {"-h", "--help", "--json"} & {*words}:
        return ""
    arguments = make_parser([MAGICS["check"]], program="%mlversion", folder=False).parse_args(["check", *words])
    partition = register().find(arguments.split or "split")
    if arguments.version is not None or arguments.notebook is not None or partition is None:
        return ""
    if arguments.data is None:
        return "\n".join(report_lines(Report(partition.record.name, partition.record.checks)))
    return repr(check(partition, _value(arguments.data, shell), target=arguments.target))


def _value(text: str, shell: Any) -> Any:
    """What an expression of the user is worth; a path that exists is a path."""
    if os.path.exists(text):
        return text
    try:
        return shell.ev(text)
    except Exception as error:
        message = f"%mlversion: {text!r} is neither a file nor a variable: {error}"
        raise UsageError(message, hint="Name a variable, a column of the data, or a file.") from error
