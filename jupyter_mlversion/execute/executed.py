"""What executing a notebook came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.errors import CellFailed


@dataclass(slots=True)
class Executed:
    """The versions that were made, in order, and what went wrong.

    Parameters
    ----------
    versions : one for each tagged cell that finished well and changed something.
    failed : the cell that stopped it, with its traceback; None when all cells ran.
    notes : what the user should know, each with what to do: a kernel without the package, a checkpoint that failed.
    """

    versions: list[Version] = field(default_factory=list)
    failed: CellFailed | None = None
    notes: list[str] = field(default_factory=list)
