"""One training that is recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from jupyter_mlversion.domain.digest import Digest

Value = bool | int | float | str | None
"""A configuration value."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A numeric series of a run, in short; the points are in the run's `series`.

    Parameters
    ----------
    last, low, high : the last value, and the smallest and largest that are not NaN (NaN when all are).
    count : number of points.
    last_step : the step of the last point.
    """

    last: float
    low: float
    high: float
    count: int
    last_step: int


@dataclass(frozen=True, slots=True)
class Logged:
    """Something that a run logged and that is no number: a figure, an image, a table, a text, a file.

    Parameters
    ----------
    name : as the user named it; parts are separated by slashes.
    kind : ``figure`` (Plotly's JSON), ``image``, ``table`` (JSON ``{"columns": [text], "data": [[value]]}``), ``text``,
        ``file`` (anything else; never read by us).
    media : the media type of the stored bytes.
    digest, size : of the stored bytes.
    time : seconds since the epoch.
    step : of the training; None: of the run as a whole.
    """

    name: str
    kind: str
    media: str
    digest: Digest
    size: int
    time: float
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A data set that a run was told to have used, as MLflow describes it: all text."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One training that is recorded: what one execution of one cell logged, or a block ``with mlversion.run(…)``.

    Parameters
    ----------
    name : empty, or as the user named it.
    cell_id : the cell that logged; empty outside of a notebook.
    started, ended : seconds since the epoch; `ended` is None while it runs, and of what a cell logs by itself.
    params : configuration values.
    metrics : by name.
    series : digest of stored canonical JSON ``{metric: {"steps": [int], "times": [s], "values": [float]}}``, equal
        lengths, in the order of logging; None without metrics.
    id : 32 hexadecimal digits; empty in versions that were made before runs had ids.
    parent : the id of the run that it is nested in, or empty.
    status : ``running``, ``finished``, ``failed``, ``killed``; empty for what a cell logs by itself.
    tags : free metadata; MLflow's own begin with ``mlflow.``.
    inputs : data sets.
    logged : figures, images, tables, texts and files, in the order of logging.
    not_finite : the parameters that are NaN or infinite: JSON spells those as texts. Filled in by itself.
    """

    name: str
    cell_id: str
    started: float
    params: dict[str, Value] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    series: Digest | None = None
    id: str = ""
    parent: str = ""
    status: str = ""
    ended: float | None = None
    tags: dict[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    logged: tuple[Logged, ...] = ()
    not_finite: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Tell NaN and infinities from texts of the same spelling, both ways."""
        for name in self.not_finite:
            if isinstance(self.params.get(name), str):
                self.params[name] = float(str(self.params[name]))
        found = tuple(
            name for name, value in self.params.items() if isinstance(value, float) and not math.isfinite(value)
        )
        object.__setattr__(self, "not_finite", found)
