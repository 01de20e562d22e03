"""Every command there is; each is imported when it is looked up."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.commands.definition import Command

_HOMES = {
    "init": "init.COMMAND",
    "checkpoint": "checkpoint.COMMAND",
    "execute": "execute.COMMAND",
    "log": "log.COMMAND",
    "show": "show.COMMAND",
    "cat": "cat.COMMAND",
    "diff": "diff.COMMAND",
    "compare": "compare.COMMAND",
    "status": "status.COMMAND",
    "restore": "restore.COMMAND",
    "rename": "rename.COMMAND",
    "note": "note.COMMAND",
    "label": "label.COMMAND",
    "star": "star.COMMAND",
    "tag": "tag.COMMAND",
    "branch": "branch.COMMAND",
    "delete": "delete.COMMAND",
    "undelete": "delete.UNDELETE",
    "storage": "storage.COMMAND",
    "gc": "gc.COMMAND",
    "import": "bring.COMMAND",
    "export": "export.COMMAND",
    "verify": "verify.COMMAND",
    "doctor": "doctor.COMMAND",
    "split": "split.COMMAND",
    "freeze": "freeze.COMMAND",
    "check": "check.COMMAND",
    "plot": "plot.COMMAND",
}
"""Name → file and name in it, in the order of the help."""


class Commands(Mapping[str, "Command"]):
    """Commands by name: what a look-up does not ask for is not imported.

    Parameters
    ----------
    magics : only those that ``%mlversion`` runs.
    """

    def __init__(self, *, magics: bool = False) -> None:
        self._magics = magics

    def __getitem__(self, name: str) -> Command:
        """The command; `KeyError` when there is none."""
        home, _, attribute = _HOMES[name].partition(".")
        command: Command = getattr(importlib.import_module(f"jupyter_mlversion.commands.{home}"), attribute)
        if self._magics and not command.magic:
            raise KeyError(name)
        return command

    def __iter__(self) -> Iterator[str]:
        """The names; those of magics are known when all commands have been imported."""
        return (name for name in _HOMES if not self._magics or name in self)

    def __len__(self) -> int:
        """How many."""
        return sum(1 for _ in self)


COMMANDS = Commands()
"""By name, in the order of the help."""

MAGICS = Commands(magics=True)
"""Those that ``%mlversion`` runs as they are; ``checkpoint`` is the kernel's own, since it waits for the cell's end."""
