"""Every command there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands import checkpoint, diff, doctor, execute, init, log, restore, show, status, verify

if TYPE_CHECKING:
    from jupyter_mlversion.commands.definition import Command

COMMANDS: dict[str, Command] = {
    module.COMMAND.name: module.COMMAND
    for module in (init, checkpoint, execute, log, show, diff, status, restore, verify, doctor)
}
"""By name, in the order of the help."""

MAGICS: dict[str, Command] = {name: command for name, command in COMMANDS.items() if command.magic}
"""Those that ``%mlversion`` runs as they are; ``checkpoint`` is the kernel's own, since it waits for the cell's end."""
