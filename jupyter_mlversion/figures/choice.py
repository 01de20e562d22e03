"""Several strategies side by side: pictures, checks, and a choice in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.views import view_figures
from jupyter_mlversion.splits.choose import Candidate, candidates, reason
from jupyter_mlversion.splits.report import SIGNS, Report

if TYPE_CHECKING:
    from jupyter_mlversion.splits import Partition

SHOWN = ("balance", "membership")


@dataclass(frozen=True, slots=True)
class Choice:
    """What `compare_splits` answers; a notebook shows it with pictures.

    Parameters
    ----------
    candidates : every strategy that was tried, in the order given.
    why : which is the best, and why, in words.
    """

    candidates: tuple[Candidate, ...]
    why: str

    @property
    def best(self) -> Partition:
        """What the best strategy made: what its checks found is the least. Not recorded before `split` makes it."""
        return _best(self.candidates).partition  # type: ignore[return-value]  # candidates() raises without one

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Class balance and strips of every strategy, as Plotly's descriptions by name."""
        return [figure for candidate in self.candidates for figure in _pictures(candidate)]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)

    def __repr__(self) -> str:
        best = _best(self.candidates)
        lines = [f"  {'→' if candidate is best else ' '} {_line(candidate)}" for candidate in self.candidates]
        return "\n".join(["Strategies compared:", *lines, self.why])

    def _ipython_display_(self) -> None:
        from jupyter_mlversion.figures.shown import show

        print(repr(self))  # noqa: T201 - this is how a cell shows it
        show(self.figures)


def compare_splits(data: Any, strategies: Sequence[str] | None, **arguments: Any) -> Choice:
    """See `jupyter_mlversion.compare_splits`."""
    tried = tuple(candidates(data, strategies, **arguments))
    return Choice(tried, reason(_best(tried), tried))


def _best(tried: Sequence[Candidate]) -> Candidate:
    return min(tried, key=lambda candidate: candidate.rank)


def _line(candidate: Candidate) -> str:
    if candidate.partition is None:
        return f"{candidate.strategy}: not possible: {candidate.failure}"
    report = Report(candidate.strategy, candidate.partition.record.checks)
    found = "; ".join(f"{check.name}: {check.sentence}" for check in report.found)
    return f"{candidate.strategy}: {SIGNS[report.verdict]}{f'. {found}' if found else ''}"


def _pictures(candidate: Candidate) -> list[dict[str, Any]]:
    made = candidate.partition
    if made is None:
        return []
    record = replace(made.record, name=candidate.strategy)
    return [figure for view in SHOWN for figure in view_figures(record, view, made.summary)]
