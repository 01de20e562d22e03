"""What a restore would do: one object for ``--dry-run``, the dialog and the REST answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_mlversion.domain.artifact import Role


class Change(StrEnum):
    """How a thing differs."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class Write:
    """A file that a restore writes: `size` bytes; `change` as seen from the workspace (added or modified)."""

    path: str
    size: int
    change: Change


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A path, and why a restore cannot bring it back or must not touch it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs."""

    id: str
    change: Change


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restore would do.

    Parameters
    ----------
    version : full id of what is restored.
    writes : files written, sorted by path.
    removes : files removed, sorted; each is in the line's head version and not in `version`.
    missing : artifacts whose bytes this version does not hold.
    conflicts : paths that make the restore refuse.
    environment : package or setting → (then, now), only where different.
    cells : cells of the notebook that differ, seen from the workspace's notebook towards the version's.
    shared : paths of `writes` and `removes` that other notebooks' lines use too → those notebooks.
    unsaved : whether the open document has edits that are not on disk; they go into the safety version.
    roles : path → what the file is, of all of `writes`, `removes`, `missing` and `conflicts`.
    present : path → bytes that are there now, of `writes` and `removes`; no entry where nothing is.
    """

    version: str
    writes: tuple[Write, ...] = ()
    removes: tuple[str, ...] = ()
    missing: tuple[Obstacle, ...] = ()
    conflicts: tuple[Obstacle, ...] = ()
    environment: dict[str, tuple[str, str]] = field(default_factory=dict)
    cells: tuple[CellChange, ...] = ()
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unsaved: bool = False
    roles: dict[str, Role] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing would be written or removed."""
        return not self.writes and not self.removes
