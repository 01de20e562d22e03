"""The points of one metric while they are still being logged."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.domain.run import Metric

Point = tuple[int, float, float]
"""Step, time and value."""

Columns = tuple["array[int]", "array[float]", "array[float]"]
"""Steps, times and values, of equal length."""


@dataclass(slots=True)
class Series:
    """A metric that grows: 24 bytes a point.

    Parameters
    ----------
    steps, times, values : the points, in the order of logging.
    foreign : points of the same metric of the same run that other processes logged.
    written : so many points are in the segment on disk.
    """

    steps: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    foreign: list[Point] = field(default_factory=list)
    written: int = 0

    def extend(self, steps: Sequence[int | None], times: array[float], values: Iterable[float]) -> None:
        """More points; a step that is None is one after the last."""
        if isinstance(steps, array):
            self.steps.extend(steps)
        else:
            last = self.steps[-1] if self.steps else -1
            for step in steps:
                last = last + 1 if step is None else step
                self.steps.append(last)
        self.times.extend(times)
        self.values.extend(values)

    def columns(self) -> Columns:
        """All points, those of other processes among them by their time; a copy."""
        if not self.foreign:
            return self.steps[:], self.times[:], self.values[:]
        points = sorted([*zip(self.steps, self.times, self.values, strict=True), *self.foreign], key=_moment)
        return (array("q", [step for step, _, _ in points]), array("d", [moment for _, moment, _ in points]),
                array("d", [value for _, _, value in points]))

    def unwritten(self) -> Columns:
        """The points that are not on disk."""
        return self.steps[self.written :], self.times[self.written :], self.values[self.written :]


def short(columns: Columns) -> Metric:
    """A series in short."""
    steps, _, values = columns
    low, high = min(values), max(values)
    if any(map(math.isnan, values)):  # NaN compares with nothing
        numbers = [value for value in values if not math.isnan(value)] or [math.nan]
        low, high = min(numbers), max(numbers)
    return Metric(values[-1], low, high, len(values), steps[-1])


def encoded(columns: Columns, **more: Any) -> bytes:
    """One JSON object with the points and what `more` says; keys sorted, NaN and infinities as texts."""
    steps, times, values = columns
    plain = dict(sorted({**more, "steps": steps.tolist(), "times": times.tolist(), "values": numbers(values)}.items()))
    return encoded_line(plain).rstrip(b"\n")


def encoded_group(steps: array[int], times: array[float], columns: dict[str, array[float]], **more: Any) -> bytes:
    """As `encoded`, of several metrics that were logged together."""
    values = {name: numbers(column) for name, column in columns.items()}
    return encoded_line({**more, "metrics": values, "steps": steps.tolist(), "times": times.tolist()})


def numbers(values: array[float]) -> list[Any]:
    """Floats as JSON has them."""
    if all(map(math.isfinite, values)):
        return values.tolist()
    return [canonical.plain_float(value) for value in values]


def encoded_line(plain: dict[str, Any]) -> bytes:
    """`plain`, which has no float that JSON lacks outside of texts, as one line."""
    import msgspec  # a kernel that logs nothing does not load it

    try:
        return msgspec.json.encode(plain) + b"\n"
    except UnicodeEncodeError:  # half a character in a name
        return canonical.dump(plain)


def joined(columns: dict[str, Columns]) -> bytes:
    """The stored form of the series of a run: an object of series by name, sorted."""
    parts = []
    for name in sorted(columns):
        parts += [",", canonical.dump(name).decode().rstrip(), ":", encoded(columns[name]).decode()]
    return "".join(["{", *islice(parts, 1, None), "}\n"]).encode("ascii")


def _moment(point: Point) -> float:
    return point[1]
