"""What was found when a split was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

MOST_ROWS = 20
"""Row numbers that a check keeps as a sample."""

MOST_ITEMS = 20
"""Features, classes or pairs that a check keeps, the worst first."""


class Verdict(StrEnum):
    """What a check came to. `NOT_APPLICABLE`: there is nothing to look at; `SKIPPED`: it was not looked."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_APPLICABLE = "not-applicable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a check looked at: a feature, a class, a part, a pair of rows.

    Parameters
    ----------
    name : the user's name for it, as text.
    verdict : of this one alone.
    numbers : by name.
    """

    name: str
    verdict: Verdict
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of a split, and its answer.

    Parameters
    ----------
    name : ``exact-duplicates``, ``feature-drift``, …
    verdict : see `Verdict`.
    sentence : the answer in words, for people; where nothing was looked at, the reason.
    numbers : what the answer rests on, thresholds included, by name.
    rows : some of the rows behind it, ascending numbers from 0; `row_count` is how many there are.
    items : the worst first; `item_count` is how many were looked at.
    sampled : rows that were looked at where not all were; 0: all.
    """

    name: str
    verdict: Verdict
    sentence: str
    numbers: dict[str, float] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    row_count: int = 0
    items: tuple[Item, ...] = ()
    item_count: int = 0
    sampled: int = 0

    @property
    def found(self) -> bool:
        """Whether there is something that a person should look at."""
        return self.verdict in {Verdict.WARNING, Verdict.PROBLEM}


SEVERITY = (Verdict.PROBLEM, Verdict.WARNING, Verdict.OK, Verdict.SKIPPED, Verdict.NOT_APPLICABLE)
"""The worst first."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of `verdicts`; that of none is not applicable."""
    return min(verdicts, key=SEVERITY.index, default=Verdict.NOT_APPLICABLE)
