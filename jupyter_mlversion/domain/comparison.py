"""Several states side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jupyter_mlversion.domain.artifact import Role, State
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.run import Metric, Value


@dataclass(frozen=True, slots=True)
class Side:
    """One of the states that are compared.

    Parameters
    ----------
    id : full id of the version; ``workspace`` for the workspace as it is: its files as they are now, the rest as in
        the head of the line.
    short, message, author, branch : of the version; of the workspace empty.
    time : of the version; None for the workspace.
    notebook : workspace path of the line's notebook there.
    """

    id: str
    short: str
    message: str
    author: str
    branch: str
    time: datetime | None
    notebook: str | None


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric on each side; None where a side lacks it.

    Parameters
    ----------
    lower_is_better : which way it improves; None where that is not known.
    best : the sides whose last value is the best; none where there is no choice, or nobody knows.
    """

    name: str
    values: tuple[Metric | None, ...]
    lower_is_better: bool | None
    best: tuple[int, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A parameter, or something of the environment or the code, on each side.

    Parameters
    ----------
    values : None also where a side lacks it.
    absent : the sides that lack it.
    """

    name: str
    values: tuple[Value, ...]
    absent: tuple[int, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class FileState:
    """What a side has of a file; see `Artifact`."""

    digest: Digest | None
    size: int
    mode: int
    state: State


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file on each side; None where a side lacks it."""

    path: str
    role: Role
    values: tuple[FileState | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class SplitState:
    """What a side has of a split: how it was made, and how many rows each part has."""

    strategy: str
    seed: int | None
    row_count: int
    parts: dict[str, int]
    source: Digest | None
    layout: Digest | None


@dataclass(frozen=True, slots=True)
class SplitRow:
    """A split on each side, found by its name; None where a side lacks it."""

    name: str
    values: tuple[SplitState | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several states side by side; every row has a value for each side, in their order.

    Parameters
    ----------
    same : section (``metrics``, …) → rows that were left out because all sides agree.
    """

    sides: tuple[Side, ...]
    metrics: tuple[MetricRow, ...]
    params: tuple[ValueRow, ...]
    environment: tuple[ValueRow, ...]
    code: tuple[ValueRow, ...]
    artifacts: tuple[FileRow, ...]
    splits: tuple[SplitRow, ...]
    same: dict[str, int]


@dataclass(frozen=True, slots=True)
class CellPair:
    """A cell before and after, or one of both.

    Parameters
    ----------
    change : None where the cell is the same.
    before, after : places in the notebooks, from 0; None where a side lacks the cell.
    kind : ``code``, ``markdown``, ``raw``: after, if it is there.
    source : after, if it is there; else before.
    earlier : the source before where it differs; else None.
    gone, new : what of `earlier` is gone and what of `source` is new: beginnings and lengths, in characters.
    outputs : how many there are before and after.
    outputs_differ, tags_differ : whether these differ.
    moved : whether the cell stands at another place among those that are on both sides.
    """

    id: str
    change: Change | None
    before: int | None
    after: int | None
    kind: str
    source: str
    earlier: str | None
    gone: tuple[tuple[int, int], ...]
    new: tuple[tuple[int, int], ...]
    outputs: tuple[int, int]
    outputs_differ: bool
    tags_differ: bool
    moved: bool


@dataclass(frozen=True, slots=True)
class NotebookDifference:
    """How notebook b differs from notebook a, cell by cell, in the order of b.

    Parameters
    ----------
    language : the name of the code's language, lower case; empty when unknown.
    mime : the media type of the code.
    before, after : workspace paths; None where a side has no notebook.
    """

    before: str | None
    after: str | None
    language: str
    mime: str
    cells: tuple[CellPair, ...]
