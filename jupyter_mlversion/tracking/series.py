"""The points of one metric and the values of one run while they are still being logged."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.domain.run import Metric, Run, Value

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest


class Stored(Protocol):
    """What storing answers, as far as a series needs it."""

    @property
    def digest(self) -> Digest:
        """Identity of the stored bytes."""


class Puts(Protocol):
    """What a series needs of a batch of the store."""

    def put_bytes(self, data: bytes) -> Stored:
        """Store `data`."""


@dataclass(slots=True)
class Series:
    """A metric that grows: 24 bytes a point. `written` points are in the segment on disk already."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    written: int = 0

    def add(self, step: int | None, now: float, value: float) -> None:
        """One point; without a step, one after the last."""
        if step is None:
            step = self.steps[-1] + 1 if self.steps else 0
        self.steps.append(step)
        self.times.append(now)
        self.values.append(value)

    def metric(self) -> Metric:
        """The series in short."""
        numbers = [value for value in self.values if value == value] or [float("nan")]  # noqa: PLR0124  NaN differs from itself
        return Metric(self.values[-1], min(numbers), max(numbers), len(self.values), self.steps[-1])

    def columns(self, start: int = 0) -> dict[str, list[Any]]:
        """The points from the `start`-th on, as JSON spells them."""
        return {
            "steps": self.steps[start:].tolist(),
            "times": [round(moment, 6) for moment in self.times[start:]],
            "values": self.values[start:].tolist(),
        }


@dataclass(slots=True)
class OpenRun:
    """What one execution of one cell logged so far."""

    cell_id: str
    started: float = field(default_factory=time.time)
    params: dict[str, Value] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    params_written: bool = True
    _sealed: tuple[int, bytes] = (0, b"")

    def seal(self, batch: Puts) -> Run:
        """The run as a version records it, its points stored in `batch`."""
        metrics = {name: series.metric() for name, series in self.series.items()}
        points = sum(metric.count for metric in metrics.values())
        if points and self._sealed[0] != points:
            columns = {name: series.columns() for name, series in self.series.items()}
            self._sealed = (points, canonical.dump(columns))
        digest = batch.put_bytes(self._sealed[1]).digest if points else None
        return Run("", self.cell_id, self.started, dict(self.params), metrics, digest)

    def unwritten(self) -> list[dict[str, Any]]:
        """Lines for the segment on disk: what was logged since the last call."""
        lines: list[dict[str, Any]] = []
        head = {"cell_id": self.cell_id, "started": self.started}
        if not self.params_written:
            lines.append({**head, "params": dict(self.params)})
            self.params_written = True
        for name, series in self.series.items():
            if series.written < len(series.values):
                lines.append({**head, "metric": name, **series.columns(series.written)})
                series.written = len(series.values)
        return lines
