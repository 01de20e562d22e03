"""Several states side by side: what each has of a metric, a parameter, a package, a file, a split."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.compare import values
from jupyter_mlversion.compare.environment import named as environment_of
from jupyter_mlversion.domain.comparison import (
    Comparison,
    FileRow,
    FileState,
    MetricRow,
    Side,
    SplitRow,
    SplitState,
    ValueRow,
)
from jupyter_mlversion.domain.direction import BY_NAME, Directions

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.environment import CodeState
    from jupyter_mlversion.domain.run import Metric, Value
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.split import Split

T = TypeVar("T")
Row = TypeVar("Row", MetricRow, ValueRow, FileRow, SplitRow)


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the states, whole."""

    side: Side
    snapshot: Snapshot


def table(states: Sequence[Compared], *, differences_only: bool = False,
          directions: Directions = BY_NAME) -> Comparison:
    """The states side by side.

    Parameters
    ----------
    states : in the order wanted; the first is what others are compared with.
    differences_only : leave out rows in which all sides agree; how many is told.
    directions : which way metrics improve.
    """
    snapshots = [state.snapshot for state in states]
    metrics = metric_rows([snapshot.last_metrics for snapshot in snapshots], directions)
    params = value_rows([snapshot.params for snapshot in snapshots])
    environment = value_rows([environment_of(snapshot.environment) for snapshot in snapshots])
    code = value_rows([_code(snapshot.code) for snapshot in snapshots])
    artifacts = _file_rows(snapshots)
    splits = _split_rows(snapshots)
    same = {"metrics": _agreeing(metrics), "params": _agreeing(params), "environment": _agreeing(environment),
            "code": _agreeing(code), "artifacts": _agreeing(artifacts), "splits": _agreeing(splits)}
    sides = tuple(state.side for state in states)
    if not differences_only:
        return Comparison(sides, metrics, params, environment, code, artifacts, splits, dict.fromkeys(same, 0))
    return Comparison(sides, _differing(metrics), _differing(params), _differing(environment), _differing(code),
                      _differing(artifacts), _differing(splits), same)


def metric_rows(sides: Sequence[Mapping[str, Metric]], directions: Directions = BY_NAME) -> tuple[MetricRow, ...]:
    """A row for each metric, by name."""
    rows = []
    for name in _names(sides):
        found = tuple(side.get(name) for side in sides)
        lower = directions.lower_is_better(name)
        rows.append(MetricRow(name, found, lower, _best(found, lower=lower), _differ(found)))
    return tuple(rows)


def value_rows(sides: Sequence[Mapping[str, Value]]) -> tuple[ValueRow, ...]:
    """A row for each name, by name."""
    rows = []
    for name in _names(sides):
        found = tuple(side.get(name) for side in sides)
        absent = tuple(number for number, side in enumerate(sides) if name not in side)
        differs = bool(absent) or any(not values.same(found[0], other) for other in found[1:])
        rows.append(ValueRow(name, found, absent, differs))
    return tuple(rows)


def _file_rows(snapshots: Sequence[Snapshot]) -> tuple[FileRow, ...]:
    sides = [{artifact.path: artifact for artifact in snapshot.artifacts} for snapshot in snapshots]
    rows = []
    for path in _names(sides):
        found = [side.get(path) for side in sides]
        known = next(artifact for artifact in reversed(found) if artifact is not None)
        states = tuple(None if artifact is None else _file_state(artifact) for artifact in found)
        rows.append(FileRow(path, known.role, states, len(set(map(_content, states))) > 1))
    return tuple(rows)


def _split_rows(snapshots: Sequence[Snapshot]) -> tuple[SplitRow, ...]:
    sides = [{split.name: _split_state(split) for split in snapshot.splits} for snapshot in snapshots]
    rows = []
    for name in _names(sides):
        found = tuple(side.get(name) for side in sides)
        rows.append(SplitRow(name, found, _differ(found)))
    return tuple(rows)


def _names(sides: Sequence[Mapping[str, object]]) -> list[str]:
    return sorted({name for side in sides for name in side})


def _differ(found: Sequence[object]) -> bool:
    """Whether not all are the same; NaN is the same as NaN."""
    return len({repr(one) for one in found}) > 1


def _best(found: Sequence[Metric | None], *, lower: bool | None) -> tuple[int, ...]:
    known = [(number, metric.last) for number, metric in enumerate(found)
             if metric is not None and not math.isnan(metric.last)]
    if lower is None or len({value for _, value in known}) < 2:  # noqa: PLR2004 - no choice
        return ()
    best = (min if lower else max)(value for _, value in known)
    return tuple(number for number, value in known if value == best)


def _differing(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.differs)


def _agreeing(rows: Sequence[MetricRow | ValueRow | FileRow | SplitRow]) -> int:
    return sum(not row.differs for row in rows)


def _file_state(artifact: Artifact) -> FileState:
    return FileState(artifact.digest, artifact.size, artifact.mode, artifact.state)


def _content(state: FileState | None) -> object:
    """What two files must share to count as the same, as in `artifacts.changes`."""
    return None if state is None else (state.digest or state.size, state.mode)


def _split_state(split: Split) -> SplitState:
    seed = split.seed if split.seeded else None
    count = split.row_count or sum(part.size for part in split.parts)
    return SplitState(split.strategy, seed, count, {part.name: part.size for part in split.parts}, split.source,
                      split.layout)


def _code(code: CodeState) -> dict[str, Value]:
    told: dict[str, Value] = {"commit": code.commit, "branch": code.branch} if code.commit or code.branch else {}
    if told:
        told["uncommitted changes"] = code.dirty
    if code.diff is not None:
        told["uncommitted diff"] = code.diff
    return told | {f"module {path}": "imported" for path in code.modules}
