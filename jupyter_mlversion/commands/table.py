"""Every command there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands import (
    branch,
    bring,
    check,
    checkpoint,
    compare,
    delete,
    diff,
    doctor,
    execute,
    export,
    freeze,
    gc,
    init,
    label,
    log,
    note,
    plot,
    rename,
    restore,
    show,
    split,
    star,
    status,
    storage,
    tag,
    verify,
)

if TYPE_CHECKING:
    from jupyter_mlversion.commands.definition import Command

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        init.COMMAND, checkpoint.COMMAND, execute.COMMAND, log.COMMAND, show.COMMAND, diff.COMMAND, compare.COMMAND,
        status.COMMAND, restore.COMMAND, rename.COMMAND, note.COMMAND, label.COMMAND, star.COMMAND, tag.COMMAND,
        branch.COMMAND, delete.COMMAND, delete.UNDELETE, storage.COMMAND, gc.COMMAND, bring.COMMAND,
        export.COMMAND, verify.COMMAND, doctor.COMMAND, split.COMMAND, freeze.COMMAND,
        check.COMMAND, plot.COMMAND,
    )
}
"""By name, in the order of the help."""

MAGICS: dict[str, Command] = {name: command for name, command in COMMANDS.items() if command.magic}
"""Those that ``%mlversion`` runs as they are; ``checkpoint`` is the kernel's own, since it waits for the cell's end."""
