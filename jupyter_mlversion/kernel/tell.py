"""What the kernel tells the front end, and the user."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import MlversionError

if TYPE_CHECKING:
    from jupyter_mlversion.kernel.cell import Cell
    from jupyter_mlversion.repository import Staged

TARGET = "jupyter_mlversion"
"""The comm's target name."""


def tell_staged(staged: Staged, when: str) -> None:
    """A checkpoint is staged and waits for its document."""
    checkpoint = staged.checkpoint
    _send({
        "event": "staged",
        "key": checkpoint.key,
        "cell_id": checkpoint.cell_id,
        "when": when,
        "seconds": staged.seconds,
        "message": checkpoint.message,
    })


def tell_failure(error: BaseException, cell: Cell | None) -> None:
    """There is no version, and why: below the cell, and to the front end. The user's own code is not disturbed."""
    told = as_mlversion_error(error)
    print(f"No version was made: {told}", file=sys.stderr)  # noqa: T201 - this is how a cell shows it
    with suppress(Exception):  # no front end, or it is gone: the cell has the message
        _send({"event": "error", "error": told.as_dict(), "cell_id": cell.id if cell else ""})


def as_mlversion_error(error: BaseException) -> MlversionError:
    """`error` in the words that all edges show."""
    if isinstance(error, MlversionError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return MlversionError("the checkpoint was interrupted")
    message = f"{type(error).__name__}: {error}"
    return MlversionError(message, hint="Run %mlversion doctor; if it finds nothing, please report this.")


def _send(data: dict[str, Any]) -> None:
    from comm import create_comm

    create_comm(target_name=TARGET, data=data).close()
