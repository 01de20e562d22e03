"""One run while it is still being logged."""

from __future__ import annotations

import itertools
import time
import uuid
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec.json import sanitize
from jupyter_mlversion.domain.run import Input, Run, Value
from jupyter_mlversion.tracking.series import Columns, Series, encoded, encoded_group, encoded_line, joined, short

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.tracking.item import Item, Puts


_numbers = itertools.count()


@dataclass(slots=True, eq=False)
class OpenRun:
    """What one execution of one cell, or one block, logged so far. Its recorder's lock guards it.

    Parameters
    ----------
    cell_id, id, name, parent, status, started, ended, params, tags, inputs : as in `Run`.
    series : by metric.
    items : what else was logged, by name and step.
    calls : step, time and values of each call that is not in the series yet: who logs only appends here.
    waiting : metrics with points that are not on disk.
    told : whether the facts, and the parameters, are on disk as they are now.
    """

    cell_id: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    name: str = ""
    parent: str = ""
    status: str = ""
    started: float = field(default_factory=time.time)
    ended: float | None = None
    params: dict[str, Value] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    series: dict[str, Series] = field(default_factory=dict)
    items: dict[tuple[str, int | None], Item] = field(default_factory=dict)
    calls: list[tuple[int | None, float, dict[str, float]]] = field(default_factory=list)
    waiting: dict[str, Series] = field(default_factory=dict)
    told: bool = True
    params_told: bool = True
    _sealed: tuple[int, bytes] = (0, b"")

    def metric(self, name: str) -> Series:
        """The series of that name, made where there is none."""
        series = self.series.get(name)
        if series is None:
            series = self.series[name] = Series()
        return series

    def settle(self) -> None:
        """Move the values of the calls into the series; calls of the same metrics one after the other at once."""
        calls, self.calls = self.calls, []
        for names, alike in groupby(calls, _names):
            told, moments, values = zip(*alike, strict=True)
            steps = told if None in told else array("q", told)
            times = array("d", moments)
            columns = [[one[name] for one in values] for name in names]
            for name, column in zip(names, columns, strict=True):
                series = self.series[name]
                series.extend(steps, times, column)
                self.waiting[name] = series

    def freeze(self) -> Callable[[Puts], Run]:
        """The run as it is now; what is answered stores it, without the recorder's lock."""
        self.settle()
        columns = {name: series.columns() for name, series in self.series.items() if series.values or series.foreign}
        items = list(self.items.values())
        facts = (dict(self.params), dict(self.tags), tuple(self.inputs), self.status, self.ended)
        return lambda batch: self._put(batch, columns, items, facts)

    def lines(self, folder: Path) -> tuple[list[Callable[[], bytes]], Callable[..., None]]:
        """What is not on disk yet, each line to be spelled without the lock; and what is told whether that worked.

        Parameters
        ----------
        folder : where what was logged beside numbers goes.
        """
        self.settle()
        head = {"cell_id": self.cell_id, "run": self.id, "started": self.started}
        lines: list[Callable[[], bytes]] = []
        told, params_told = self.told, self.params_told
        if not told:
            facts = {"name": self.name, "parent": self.parent, "status": self.status, "ended": self.ended,
                     "tags": dict(self.tags), "inputs": [asdict(one) for one in self.inputs]}
            lines.append(lambda: encoded_line({**head, **facts}))
        if not params_told:
            params = dict(self.params)
            lines.append(lambda: encoded_line({**head, "params": sanitize(params)}))
        points = {name: series.unwritten() for name, series in self.waiting.items()}
        ends = {name: len(self.series[name].values) for name in points}
        for names, (steps, times) in _together(points):
            columns = {name: points[name][2] for name in names}
            lines.append(_line(steps, times, columns, head))
        spooled = [item for item in self.items.values() if not item.written]
        lines += [_item_line(item, head, folder / self.id) for item in spooled]
        self.told = self.params_told = True  # what comes from here on is told by the next lines

        def written(*, fine: bool) -> None:
            if not fine:
                self.told, self.params_told = self.told and told, self.params_told and params_told
                return
            for item in spooled:
                item.written = True
            for name, end in ends.items():
                self.series[name].written = end
                if end == len(self.series[name].values):
                    self.waiting.pop(name, None)

        return lines, written

    def _put(self, batch: Puts, columns: dict[str, Columns], items: list[Item], facts: Any) -> Run:
        params, tags, inputs, status, ended = facts
        points = sum(len(steps) for steps, _, _ in columns.values())
        if points and self._sealed[0] != points:
            self._sealed = (points, joined(columns))
        digest = batch.put_bytes(self._sealed[1]).digest if points else None
        logged = tuple(stored for item in items if (stored := item.put(batch)) is not None)
        metrics = {name: short(one) for name, one in columns.items()}
        return Run(self.name, self.cell_id, self.started, params, metrics, digest, self.id, self.parent, status, ended,
                   tags, inputs, logged)


def _names(call: tuple[int | None, float, dict[str, float]]) -> tuple[str, ...]:
    return tuple(call[2])


def _together(points: dict[str, Columns]) -> Iterator[tuple[list[str], tuple[array[int], array[float]]]]:
    """Metrics whose points have the same steps and times, which need to be spelled once."""
    for shared, names in groupby(points, lambda name: (points[name][0], points[name][1])):
        yield list(names), shared


def _line(
    steps: array[int], times: array[float], columns: dict[str, array[float]], head: dict[str, Any]
) -> Callable[[], bytes]:
    if len(columns) > 1:
        return lambda: encoded_group(steps, times, columns, **head)
    ((name, values),) = columns.items()
    return lambda: encoded((steps, times, values), **head, metric=name) + b"\n"


def _item_line(item: Item, head: dict[str, Any], folder: Path) -> Callable[[], bytes]:
    def line() -> bytes:
        item.spool(folder, next(_numbers))
        return encoded_line({**head, "logged": item.line()})

    return line
