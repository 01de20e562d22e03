"""The cell that runs."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

_LONGEST_REQUEST = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """One execution of one cell.

    Parameters
    ----------
    id : of the cell; empty in a console.
    tags : of the cell, as the front end sent them.
    request : id of the execute request.
    source : as the user wrote it.
    """

    id: str
    tags: frozenset[str]
    request: str
    source: str


def request_of(shell: InteractiveShell) -> str:
    """Id of the front end's request that is being served; empty in a terminal."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    return str((parent.get("header") or {}).get("msg_id") or "")


def running_cell(shell: InteractiveShell, info: ExecutionInfo | None) -> Cell:
    """The cell that `info` tells of; what the front end said of it is in the metadata of its request."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    metadata = parent.get("metadata") or getattr(info, "cell_meta", None) or {}
    tags = metadata.get("tags")
    request = request_of(shell) or uuid.uuid4().hex
    return Cell(
        str(getattr(info, "cell_id", None) or metadata.get("cellId") or ""),
        frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset(),
        re.sub(r"[^A-Za-z0-9_-]", "-", request)[-_LONGEST_REQUEST:],
        getattr(info, "raw_cell", None) or "",
    )
