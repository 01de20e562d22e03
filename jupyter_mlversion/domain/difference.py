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
class SplitChange:
    """A split that differs, found by its name; rows are told by their content, or by their number where they have none.

    Parameters
    ----------
    name : of the split.
    change : whether the split was added, removed or modified.
    rows : of the data, before and after; None where a side lacks the split.
    kept : rows that are on both sides in the same parts and folds.
    moved : rows that are on both sides, in other parts or folds.
    added : rows that are after only.
    gone : rows that were before only.
    flows : part before → part after → rows; of a cross-validation the fold that tests on them first. No part is ``""``.
    settings : of strategy, seed and parameters, what differs.
    by_content : whether rows were told by their content.
    """

    name: str
    change: Change
    rows: tuple[int | None, int | None] = (None, None)
    kept: int = 0
    moved: int = 0
    added: int = 0
    gone: int = 0
    flows: dict[str, dict[str, int]] = field(default_factory=dict)
    settings: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    by_content: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """How state b differs from state a; pairs are ``(a, b)`` with None where a side lacks the name."""

    artifacts: tuple[ArtifactChange, ...] = ()
    metrics: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    params: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    environment: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    cells: tuple[CellChange, ...] = ()
    splits: tuple[SplitChange, ...] = ()
