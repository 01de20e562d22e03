"""A named partition of a data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyter_mlversion.domain.check import Check
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.run import Value


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split; of a cross-validation, the rows that one fold tests on.

    Parameters
    ----------
    name : ``train``, ``validation``, ``test``, ``fold 3``.
    size : number of rows.
    classes : rows per class of the target, by the class as text; empty without a target.
    rows : digest of stored canonical JSON, the ascending row numbers (from 0) of this part; None for large parts and
        for folds: the split's `layout` has them all.
    """

    name: str
    size: int
    classes: dict[str, int] = field(default_factory=dict)
    rows: Digest | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A named partition of a data set, enough to make it again.

    Parameters
    ----------
    name : as the user named it.
    strategy : ``random``, ``stratified``, … or, for what a library made, what it was made with.
    seed : of the random generator; 0 where none was given, see `seeded`.
    parameters : what else the strategy was given.
    source : digest of the rows' identities and the target; of the target or the number of rows where there are none.
    cell_id : the cell that made it.
    parts : in order; of a cross-validation with very many folds, the first ones.
    origin : the function that made it; empty for ours.
    seeded : whether `seed` decides the rows: False where nothing is random, or where the library drew by itself.
    row_count : rows of the data.
    fold_count : pairs of train and test of a cross-validation; 0 for parts that exclude each other.
    layout : digest of the stored rows of every part and fold (see ``docs/format.md``).
    identities : digest of stored identities, one of 8 bytes for each row; None where rows have no content.
    target, groups : digests of the stored class, and group, of each row; None without.
    frozen : the parts that no training may see from now on.
    checks : what was found when it was made; empty where nobody looked.
    summary : digest of stored canonical JSON, a `Summary`: what pictures need; None without.
    """

    name: str
    strategy: str
    seed: int
    parameters: dict[str, Value] = field(default_factory=dict)
    source: Digest | None = None
    cell_id: str = ""
    parts: tuple[Part, ...] = ()
    origin: str = ""
    seeded: bool = True
    row_count: int = 0
    fold_count: int = 0
    layout: Digest | None = None
    identities: Digest | None = None
    target: Digest | None = None
    groups: Digest | None = None
    frozen: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    summary: Digest | None = None

    def contents(self) -> Iterator[tuple[Digest, str]]:
        """Every stored content that the split needs, and what it is."""
        for part in self.parts:
            if part.rows is not None:
                yield part.rows, part.name
        named = (self.layout, "layout"), (self.identities, "identities"), (self.target, "target"), (
            self.groups, "groups"), (self.summary, "summary")
        for digest, what in named:
            if digest is not None:
                yield digest, what
