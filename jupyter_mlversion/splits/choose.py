"""Several strategies for the same data, and which of them suits it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.errors import MlversionError, UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.domain.check import Check
    from jupyter_mlversion.splits.partition import Partition

ADVISED = ("time", "stratified-group", "group", "stratified", "random")
"""Of strategies that are found equally good, the first is chosen."""

REASONS = {
    "time": "a time was named, and what is predicted must be later than what is learned from",
    "stratified-group": "groups were named, whose rows must stay together, and every class keeps its share",
    "group": "groups were named, whose rows must stay together",
    "stratified": "the target is classes, and every class keeps its share in every part",
    "random": "neither classes, groups nor a time were named, so that chance is as good as anything",
}
SECONDS = 5.0
"""That the checks of one candidate may take."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A strategy that was tried.

    Parameters
    ----------
    strategy : its name.
    partition : what it made; None where it could not.
    failure : why it could not.
    """

    strategy: str
    partition: Partition | None
    failure: str = ""

    @property
    def found(self) -> list[Check]:
        """The checks that found something."""
        return [] if self.partition is None else [check for check in self.partition.record.checks if check.found]

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """The lower the better."""
        problems = sum(check.verdict == Verdict.PROBLEM for check in self.found)
        place = ADVISED.index(self.strategy) if self.strategy in ADVISED else len(ADVISED)
        return self.partition is None, problems, len(self.found), place


def candidates(data: Any, strategies: Sequence[str] | None, **arguments: Any) -> list[Candidate]:
    """Every strategy tried, with its checks, in the order given.

    Parameters
    ----------
    strategies : their names; None: all that deal rows to parts and that the arguments allow.
    arguments : as for `split`.

    Raises
    ------
    UsageError : nothing is to be tried, or nothing can be.
    """
    names = list(ADVISED if strategies is None else strategies)
    if isinstance(strategies, str) or not names:
        message = "strategies is a list of names, for example ['random', 'stratified']"
        raise UsageError(message)
    tried = [_tried(data, name, arguments) for name in names if strategies is not None or _allowed(name, arguments)]
    if all(candidate.partition is None for candidate in tried):
        message = f"none of the strategies suits the data: {tried[0].strategy}: {tried[0].failure}"
        raise UsageError(message)
    return tried


def reason(best: Candidate, tried: Sequence[Candidate]) -> str:
    """Why the best was chosen, in a sentence or two."""
    text = f"{best.strategy}: {REASONS.get(best.strategy, 'its checks found the least')}."
    worse = [f"{other.strategy} ({', '.join(check.name for check in other.found)})"
             for other in tried if other is not best and other.found and other.rank[:3] > best.rank[:3]]
    if worse:
        text += f" Found in others: {'; '.join(worse)}."
    if best.found:
        text += f" Look at {', '.join(check.name for check in best.found)}."
    return text


def advice(data: Any, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """The strategy that ``strategy="auto"`` takes, and why."""
    tried = candidates(data, None, **arguments)
    best = min(tried, key=lambda candidate: candidate.rank)
    return best.strategy, reason(best, tried)


def _allowed(strategy: str, arguments: Mapping[str, Any]) -> bool:
    """Whether what the strategy goes by was named."""
    needs = {"time": ("time",), "group": ("groups",), "stratified-group": ("groups", "target"),
             "stratified": ("target",)}
    return all(arguments.get(what) is not None for what in needs.get(strategy, ()))


def _tried(data: Any, strategy: str, arguments: Mapping[str, Any]) -> Candidate:
    from jupyter_mlversion.splits.examine import examine
    from jupyter_mlversion.splits.split import split

    try:
        made = split(data, strategy=strategy, checks=False, remember=False, **arguments)
    except MlversionError as error:
        return Candidate(strategy, None, error.message)
    values = {what: arguments.get(what) for what in ("target", "groups", "time")}
    return Candidate(strategy, examine(made, data, **values, seconds=SECONDS, thorough=False))
