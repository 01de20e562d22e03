"""A run as another tool recorded it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.run import Input, Value

Point = tuple[int, float, float]
"""Step, time (seconds since the epoch) and value."""

REGISTERED = "mlversion.registered"
"""The tag of a run that names, as JSON, the versions of registered models which it made."""


@dataclass(slots=True)
class FoundRun:
    """What a source knows of one run.

    Parameters
    ----------
    key : identifies the run for good: importing it again finds what was imported.
    group : the experiment or project; runs of one group become one line of versions.
    name : of the run.
    started, ended : seconds since the epoch; `ended` is None when unknown.
    status : ``finished``, ``failed``, ``killed``, ``running``, or empty.
    parent : the key of the run that it is nested in, or empty.
    points : by metric, in the order of logging.
    files : artifacts, by path below the run's own folder.
    author : who ran it, or empty.
    """

    key: str
    group: str
    name: str
    started: float
    ended: float | None = None
    status: str = ""
    parent: str = ""
    params: dict[str, Value] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, list[Point]] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    files: dict[str, Path] = field(default_factory=dict)
    author: str = ""

    def add(self, metric: str, step: int, time: float, value: float) -> None:
        """One point of a metric."""
        self.points.setdefault(metric, []).append((step, time, value))


def value_of(text: str) -> Value:
    """A parameter that was kept as text: the number or truth value that it spells, if it spells one exactly."""
    if text in ("True", "False", "true", "false"):
        return text.lower() == "true"
    if text == "None":
        return None
    if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text) and text != "-0":
        return int(text)
    if re.fullmatch(r"-?\d*\.?\d+([eE][-+]?\d+)?", text) and not re.fullmatch(r"-?0\d+.*", text):
        return float(text)
    return text


def flat(values: object, prefix: str = "") -> dict[str, object]:
    """Nested dictionaries as one: ``{"net": {"depth": 3}}`` → ``{"net.depth": 3}``; anything else under its name."""
    if not isinstance(values, dict):
        return {prefix: values}
    found: dict[str, object] = {}
    for name, value in values.items():
        found |= flat(value, f"{prefix}.{name}" if prefix else str(name))
    return found
