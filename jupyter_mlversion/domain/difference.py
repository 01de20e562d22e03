"""How two states differ."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mlversion.domain.artifact import Role
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.plan import CellChange, Change
from jupyter_mlversion.domain.run import Value


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """A file that differs; a side that lacks it has no digest."""

    path: str
    role: Role
    change: Change
    before: Digest | None
    after: Digest | None


@dataclass(frozen=True, slots=True)
class Difference:
    """How state b differs from state a; pairs are ``(a, b)`` with None where a side lacks the name."""

    artifacts: tuple[ArtifactChange, ...] = ()
    metrics: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    params: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    environment: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    cells: tuple[CellChange, ...] = ()
