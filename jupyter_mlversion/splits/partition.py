"""What `split` answers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.splits.rows import classes_of

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest


class Stored(Protocol):
    """What storing answers, as far as a split needs it."""

    @property
    def digest(self) -> Digest:
        """Identity of the stored bytes."""


class Puts(Protocol):
    """What a split needs of a batch of the store."""

    def put_bytes(self, data: bytes) -> Stored:
        """Store `data`."""


@dataclass(frozen=True, slots=True)
class Partition:
    """The parts of a data set: iterate for the row numbers of each part, in order.

    Parameters
    ----------
    rows : part → ascending row numbers.
    labels : the class of each row, when there is a target.
    record : what a version says of it; the rows' digests are there once a checkpoint stored them.

    Examples
    --------
    >>> train, test = split(frame, target="species", strategy="stratified", seed=7)
    >>> frame.iloc[train]
    """

    rows: Mapping[str, Sequence[int]]
    labels: Sequence[str] | None
    record: Split

    @property
    def indices(self) -> dict[str, Any]:
        """Part → row numbers: a NumPy array where NumPy is in use already, else a list."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return {name: list(rows) for name, rows in self.rows.items()}
        return {name: numpy.asarray(rows, dtype=numpy.intp) for name, rows in self.rows.items()}

    def __iter__(self) -> Iterator[Any]:
        return iter(self.indices.values())

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part.name}={part.size}" for part in self.record.parts)
        return f"<split {self.record.name!r}, {self.record.strategy}, seed {self.record.seed}: {sizes}>"

    def seal(self, batch: Puts) -> Split:
        """The record, with the rows stored in `batch`."""
        from jupyter_mlversion.store import digest_of_bytes

        parts = tuple(
            replace(part, rows=batch.put_bytes(canonical.dump(list(self.rows[part.name]))).digest)
            for part in self.record.parts
        )
        source = self.labels if self.labels is not None else sum(part.size for part in parts)
        return replace(self.record, parts=parts, source=digest_of_bytes(canonical.dump(source)))


def parts_of(rows: Mapping[str, Sequence[int]], labels: Sequence[str] | None) -> tuple[Part, ...]:
    """The parts as a version records them, with the rows per class where there is a target."""
    if labels is None:
        return tuple(Part(name, len(numbers)) for name, numbers in rows.items())
    counted = classes_of(labels)
    return tuple(
        Part(name, len(numbers), dict(sorted(Counter(counted[labels[row]] for row in numbers).items())))
        for name, numbers in rows.items()
    )
