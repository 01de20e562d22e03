"""What a chart shows, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from jupyter_mlversion.errors import UsageError

Kind = Literal["lines", "scatter", "parallel"]
X = Literal["step", "time", "relative", "version"]
Log = Literal["", "x", "y", "xy"]
Band = Literal["std", "range"]

KINDS: tuple[Kind, ...] = get_args(Kind)
XS: tuple[X, ...] = get_args(X)
LOGS: tuple[Log, ...] = get_args(Log)
BANDS: tuple[Band, ...] = get_args(Band)

NARROWEST, WIDEST = 16, 8192


@dataclass(frozen=True, slots=True)
class Options:
    """What a chart shows, and how.

    Parameters
    ----------
    kind : ``lines`` over `x`; ``scatter`` of metrics against the parameter `against`; ``parallel`` coordinates.
    metrics : names; empty: all (of ``parallel``: the first).
    x : ``step``, ``time`` (of day), ``relative`` (time since the run began), ``version`` (a point for each version).
    log : which axes are logarithmic.
    smooth : weight of what came before, 0 (as it was logged) up to, not including, 1.
    group : a parameter: runs with the same value become one line, their mean with a band.
    band : of a group: the standard deviation around the mean, or from the least to the largest.
    against : the parameter of ``scatter``; empty: the first that varies.
    params : the axes of ``parallel`` besides the metrics; empty: those that vary.
    colour : the metric by which ``scatter`` and ``parallel`` are coloured; empty: none, and the first.
    width : pixels that the chart has: no more points are answered than these can show.
    first, last : the part of the x axis that is wanted, in its units (milliseconds since the epoch where it is time).

    Raises
    ------
    UsageError : a value is none of those possible.
    """

    kind: Kind = "lines"
    metrics: tuple[str, ...] = ()
    x: X = "step"
    log: Log = ""
    smooth: float = 0.0
    group: str = ""
    band: Band = "std"
    against: str = ""
    params: tuple[str, ...] = ()
    colour: str = ""
    width: int = 1000
    first: float | None = None
    last: float | None = None

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        for name, possible in (("kind", KINDS), ("x", XS), ("log", LOGS), ("band", BANDS)):
            if getattr(self, name) not in possible:
                words = ", ".join(repr(one) for one in possible)
                message = f"a chart's {name} is one of {words}, not {getattr(self, name)!r}"
                raise UsageError(message)
        if not 0 <= self.smooth < 1:
            message = f"a chart's smoothing is at least 0 and less than 1, not {self.smooth!r}"
            raise UsageError(message, hint="0.9 weighs ten values or so.")
        if not NARROWEST <= self.width <= WIDEST:
            message = f"a chart is {NARROWEST} to {WIDEST} pixels wide, not {self.width!r}"
            raise UsageError(message)
