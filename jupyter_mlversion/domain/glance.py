"""A split in one glance: what a list of versions shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.split import Split

MOST_PARTS = 12
MOST_SPLITS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a part has."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The sizes of the parts of a split, and the worst that its checks found.

    Parameters
    ----------
    name : of the split.
    parts : in order; of many, the first twelve.
    part_count : how many there are.
    verdict : the worst of the checks; not applicable where nothing was asked.
    """

    name: str
    parts: tuple[Size, ...] = ()
    part_count: int = 0
    verdict: Verdict = Verdict.NOT_APPLICABLE


def glances_of(splits: Iterable[Split]) -> tuple[Glance, ...]:
    """The last three splits, in the order in which they were made."""
    return tuple(_glance(split) for split in list(splits)[-MOST_SPLITS:])


def _glance(split: Split) -> Glance:
    parts = tuple(Size(part.name, part.size) for part in split.parts[:MOST_PARTS])
    asked = [check.verdict for check in split.checks if check.verdict != Verdict.SKIPPED]
    return Glance(split.name, parts, max(split.fold_count, len(split.parts)), worst(asked))
