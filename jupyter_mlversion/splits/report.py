"""The checks of a split, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.check import SEVERITY, Verdict, worst

if TYPE_CHECKING:
    from jupyter_mlversion.domain.check import Check

SIGNS = {
    Verdict.PROBLEM: "✗ problem", Verdict.WARNING: "! warning", Verdict.OK: "✓ ok", Verdict.SKIPPED: "… skipped",
    Verdict.NOT_APPLICABLE: "- not applicable",
}
_SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` answers: iterate for the checks, or take one by its name.

    Parameters
    ----------
    name : of the split.
    checks : in the order in which they were asked.
    """

    name: str
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        return worst([check.verdict for check in self.checks if check.verdict != Verdict.SKIPPED])

    @property
    def found(self) -> Report:
        """Those that a person should look at, the worst first."""
        return Report(self.name, tuple(check for check in ranked(self.checks) if check.found))

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)

    def __getitem__(self, name: str) -> Check:
        return next(check for check in self.checks if check.name == name)

    def __repr__(self) -> str:
        rows = report_rows(self.checks)
        widths = [max(len(row[place]) for row in rows) for place in range(2)] if rows else [0, 0]
        lines = [f"  {sign:<{widths[0]}}  {name:<{widths[1]}}  {text}" for sign, name, text in rows]
        return "\n".join([f"Checks of the split {self.name!r}:", *(lines or ["  nothing"])])


def ranked(checks: Sequence[Check]) -> list[Check]:
    """The worst first, else in the order given."""
    return sorted(checks, key=lambda check: SEVERITY.index(check.verdict))


def report_rows(checks: Sequence[Check]) -> list[tuple[str, str, str]]:
    """Sign and word, name, and sentence of each check, the worst first, with some of the rows behind it."""
    return [(SIGNS[check.verdict], check.name, _sentence(check)) for check in ranked(checks)]


def _sentence(check: Check) -> str:
    rows = ""
    if check.rows:
        shown = ", ".join(map(str, check.rows[:_SHOWN_ROWS]))
        rows = f" Rows {shown}{', …' if check.row_count > _SHOWN_ROWS else ''}."
    sampled = f" (of {check.sampled:,} rows)" if check.sampled else ""
    return f"{check.sentence}{rows}{sampled}"
