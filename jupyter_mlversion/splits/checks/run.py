"""All checks of one split, the quick ones first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_mlversion.splits.checks import (
    adversarial,
    class_drift,
    exact_duplicates,
    feature_drift,
    groups,
    leakage,
    near_duplicates,
    shared_rows,
    similar_images,
    small,
    time_order,
)
from jupyter_mlversion.splits.checks.answer import skipped
from jupyter_mlversion.splits.checks.clock import TimeOver

if TYPE_CHECKING:
    from jupyter_mlversion.domain.check import Check
    from jupyter_mlversion.splits.checks.subject import Subject

CHECKS: dict[str, Callable[[Subject], Check]] = {
    module.NAME: module.check
    for module in (shared_rows, small, groups, time_order, class_drift, exact_duplicates, leakage, feature_drift,
                   similar_images, near_duplicates, adversarial)
}
"""Name → what asks the question. To add one: a file with ``NAME`` and ``check``, and its module here."""


def run(subject: Subject) -> tuple[Check, ...]:
    """The answer to every question, in the order of `CHECKS`; those for which no time was left are skipped.

    Raises
    ------
    Cancelled : as the clock's progress does.
    """
    return tuple(_one(name, number, subject) for number, name in enumerate(CHECKS, start=1))


def _one(name: str, number: int, subject: Subject) -> Check:
    try:
        subject.clock.begin(name.replace("-", " "), number, len(CHECKS))
        return CHECKS[name](subject)
    except TimeOver:
        used = f"The {subject.clock.seconds:g} seconds for checks were used up"
        return skipped(name, f"{used}; mlversion.check(…, seconds=None) takes as many as it needs.")
    except MemoryError:
        return skipped(name, "There was not enough memory.")
