"""A named partition of a data set."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.run import Value


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split.

    Parameters
    ----------
    name : ``train``, ``validation``, ``test``, ``fold 3``.
    size : number of rows.
    classes : rows per class of the target, by the class as text; empty without a target.
    rows : digest of stored canonical JSON, the ascending row numbers (from 0) of this part.
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
    strategy : ``random``, ``stratified``, …
    seed : of the random generator.
    parameters : what else the strategy was given.
    source : digest of the target where there is one, else of the number of rows.
    cell_id : the cell that made it.
    parts : in order.
    """

    name: str
    strategy: str
    seed: int
    parameters: dict[str, Value] = field(default_factory=dict)
    source: Digest | None = None
    cell_id: str = ""
    parts: tuple[Part, ...] = ()
