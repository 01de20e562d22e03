"""What is looked at: the parts of a split, and what is known of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.splits.checks.clock import Clock
from jupyter_mlversion.splits.checks.fingerprint import compared, fingerprints

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.features import Column, Features
    from jupyter_mlversion.splits.checks.images import Images
    from jupyter_mlversion.splits.table import Table

SAMPLE = 20_000
"""Rows of a part, or of all, that the statistical checks look at; beyond, a sample says the same."""

MOST_ROUNDS = 10
"""Rounds of a repeated split that are looked at, evenly chosen."""

NOWHERE = -1
"""The place of a row that is in no part."""


@dataclass(frozen=True)
class Subject:
    """One split and its data.

    Parameters
    ----------
    table : the data.
    rounds : the parts that are used together, each name → row numbers (arrays); a plain split has one round.
    features : the columns, without the target; None when the data has no columns that can be read.
    content : the columns that make rows equal; None: the features.
    known : what `fingerprints` would answer for all of `content`, where that is at hand.
    target : one value a row.
    groups : which rows belong together.
    times : when each row was.
    ordered : whether later parts are meant to be later in time (rows in order of time where `times` is None).
    images : pictures, where the data is that.
    clock : seconds that may be used.
    thorough : whether libraries that are not in use yet may be imported.
    """

    table: Table
    rounds: Sequence[Mapping[str, Any]]
    features: Features | None = None
    content: Features | None = None
    known: Any = None
    target: Column | None = None
    groups: Column | None = None
    times: Column | None = None
    ordered: bool = False
    images: Images | None = None
    clock: Clock = field(default_factory=Clock)
    thorough: bool = True

    @property
    def count(self) -> int:
        """Rows of the data."""
        return self.table.row_count

    @cached_property
    def some_rounds(self) -> list[Mapping[str, Any]]:
        """All rounds, or ten of them, evenly chosen."""
        return [self.rounds[place] for place in self._chosen]

    @property
    def _chosen(self) -> list[int]:
        count = len(self.rounds)
        if count <= MOST_ROUNDS:
            return list(range(count))
        return [place * (count - 1) // (MOST_ROUNDS - 1) for place in range(MOST_ROUNDS)]

    @cached_property
    def hashes(self) -> Any:
        """A 64-bit fingerprint of the features of each row: equal rows have equal ones."""
        content = self.content or self.features
        if self.known is not None and content is not None and len(compared(content)) == len(content.columns):
            return self.known
        return fingerprints(self.table, content)

    @cached_property
    def places(self) -> list[Any]:
        """For each of `some_rounds`, which part each row is in: an array of numbers of parts, -1 for none."""
        import numpy as np

        found = []
        for round_ in self.some_rounds:
            place = np.full(self.count, NOWHERE, dtype=np.int32)
            for number, rows in enumerate(round_.values()):
                place[rows] = number
            found.append(place)
        return found

    def sides(self) -> Iterator[tuple[str, Any, Any]]:
        """What is compared with what: a name, the rows of one side, the rows of the other.

        Of two parts, the second with the first; of more, each with all others of its round.
        """
        import numpy as np

        for number, round_ in enumerate(self.some_rounds):
            names = [name for name in round_ if len(round_[name])]
            for name in names[1:] if len(names) == 2 else names if len(names) > 2 else []:  # noqa: PLR2004
                others = [round_[other] for other in names if other != name]
                yield self.label(number, name), round_[name], others[0] if len(others) == 1 else np.concatenate(others)

    def label(self, number: int, name: str) -> str:
        """What the part `name` of round `number` (from 0, among `some_rounds`) is called."""
        if len(self.rounds) == 1:
            return name
        places = self._chosen
        fold = f"fold {places[number] + 1}"
        return fold if name == "test" else f"{name} of {fold}"

    def apart(self, rows: Any) -> Any:
        """`rows`, of each group one: rows of a group are alike, and a test must not take them for many."""
        import numpy as np

        if self.groups is None:
            return rows
        mixed = np.random.default_rng(0).permutation(rows)
        _, first = np.unique(self.groups.codes[mixed], return_index=True)
        return np.sort(mixed[first])

    def sample(self, rows: Any, most: int = SAMPLE) -> Any:
        """`rows`, or `most` of them, chosen by a generator whose seed is fixed: the same again the next time."""
        import numpy as np

        if len(rows) <= most:
            return rows
        return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))

    @property
    def used(self) -> Any:
        """The rows that are in some part, ascending."""
        import numpy as np

        inside = np.zeros(self.count, dtype=bool)
        for place in self.places:
            inside |= place != NOWHERE
        return np.flatnonzero(inside)
