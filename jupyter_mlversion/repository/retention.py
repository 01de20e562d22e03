"""Which versions are kept, and which may be let go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.version import Trigger

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable, Sequence
    from datetime import datetime

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.version import Version

SAFETY_KEPT = 10
"""So many of the newest safety versions of a line are kept however old they are: the way back stays open."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Rules of retention; a version that any of them keeps is kept. Without a rule of the first three, all are.

    Parameters
    ----------
    last : the newest so many versions of each line.
    daily, weekly : the newest version of each of the last so many days, or weeks, that have one, of each line.
    safety_days : days after which a safety version may go; None: never.
    """

    last: int | None = None
    daily: int | None = None
    weekly: int | None = None
    safety_days: float | None = 30.0

    @classmethod
    def of(cls, config: Config, *, last: int | None = None, daily: int | None = None,
           weekly: int | None = None) -> Keep:
        """The rules of `config`; those that are asked for here, if any are, instead of its first three."""
        days = config.keep_safety_days
        if last is daily is weekly is None:
            return cls(config.keep_last, config.keep_daily, config.keep_weekly, days)
        return cls(last, daily, weekly, days)

    @property
    def lets_go(self) -> bool:
        """Whether versions that nobody deleted may go at all, safety versions apart."""
        return not (self.last is self.daily is self.weekly is None)


@dataclass(frozen=True, slots=True)
class LetGo:
    """A version that may go, and the rule that says so."""

    version: Version
    rule: str


def choose(versions: Sequence[Version], always: Container[str], keep: Keep, now: datetime) -> list[LetGo]:
    """The versions that no rule keeps, in the given order. Tagged and starred ones are always kept.

    The clock counts for safety versions only, and never beyond the newest version: one that runs ahead lets nothing go.

    Parameters
    ----------
    versions : those that are not deleted, newest first.
    always : full ids of versions that are kept in any case: heads, and the tips of branches.
    """
    fixed = {version.id for version in versions if version.id in always or version.tags or version.starred}
    gone = {version.id: "no rule keeps it" for version in _superseded(versions, keep)} if keep.lets_go else {}
    gone |= {version.id: f"a safety version older than {keep.safety_days:g} days"
             for version in _outdated(versions, keep.safety_days, now)}
    return [LetGo(version, gone[version.id]) for version in versions if version.id in gone and version.id not in fixed]


def _superseded(versions: Iterable[Version], keep: Keep) -> list[Version]:
    lines: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        if version.trigger != Trigger.SAFETY:
            lines[version.line].append(version)
    gone = []
    for own in lines.values():
        kept = {version.id for version in own[: keep.last or 0]}
        kept |= _first_of_each(own, [version.time.date() for version in own], keep.daily or 0)
        kept |= _first_of_each(own, [version.time.isocalendar()[:2] for version in own], keep.weekly or 0)
        gone += [version for version in own if version.id not in kept]
    return gone


def _first_of_each(versions: Sequence[Version], spans: Sequence[Hashable], count: int) -> set[str]:
    """The ids of the newest version of each of the first `count` days or weeks."""
    first: dict[Hashable, str] = {}
    for version, span in zip(versions, spans, strict=True):
        first.setdefault(span, version.id)
    return set(list(first.values())[:count])


def _outdated(versions: Sequence[Version], days: float | None, now: datetime) -> list[Version]:
    if days is None or not versions:
        return []
    now = min(now, max(version.time for version in versions))
    seen: dict[str, int] = defaultdict(int)
    gone = []
    for version in versions:
        if version.trigger == Trigger.SAFETY:
            seen[version.line] += 1
            if seen[version.line] > SAFETY_KEPT and now - version.time > timedelta(days=days):
                gone.append(version)
    return gone
