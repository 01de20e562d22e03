"""What `split` answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.domain.split import Part, Split

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.summary import Summary
    from jupyter_mlversion.splits.codes import Codes
    from jupyter_mlversion.splits.fold import Fold
    from jupyter_mlversion.splits.rows import Rows
    from jupyter_mlversion.splits.table import Table

MOST_CLASSES = 100
"""Classes that are counted one by one; the rows of the rarer ones are counted together."""

OTHER = "other"

MOST_PARTS = 200
"""Folds that a record lists with their sizes and classes; all are in its layout."""

MOST_LISTED = 100_000
"""Rows of a part up to which its row numbers are stored as JSON too."""


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
    """The parts of a data set: iterate for the row numbers of each part, or for the folds of a cross-validation.

    Parameters
    ----------
    folds : the one way to deal out the rows, or as many as a cross-validation has.
    record : what a version says of it; the digests are there once a checkpoint stored them.
    classes, groups : of each row, where there are any.
    times : a number for each row, larger is later, where there are any.
    identities : a 64-bit number for each row's content; None where rows have none.
    table : the data, as long as this object lives: a version does not keep it.
    summary : what pictures need, where somebody looked at the data.
    plain : whether row numbers are given as lists, because NumPy was not in use.
    changes : how the data that was asked about differs from that which was split; see `jupyter_mlversion.get_split`.

    Examples
    --------
    >>> train, test = split(frame, target="species", strategy="stratified", seed=7)
    >>> frame.iloc[train]
    >>> for train, test in split(frame, target="species", strategy="stratified-k-fold", folds=5): ...
    """

    folds: tuple[Fold, ...]
    record: Split
    classes: Codes | None = None
    groups: Codes | None = None
    times: Any = None
    identities: Any = None
    table: Table | None = None
    plain: bool = False
    changes: Rows | None = None
    summary: Summary | None = None

    @property
    def is_cross_validation(self) -> bool:
        """Whether there are folds, which overlap, instead of parts, which do not."""
        return self.record.fold_count > 0

    @property
    def rows(self) -> Mapping[str, Sequence[int]]:
        """Part → row numbers; of a cross-validation, the rows that each fold tests on."""
        if not self.is_cross_validation:
            return self.folds[0].parts
        return {f"fold {number}": fold.test for number, fold in enumerate(self.folds, 1)}

    @property
    def labels(self) -> Sequence[str] | None:
        """The class of each row, when there is a target."""
        return None if self.classes is None else self.classes.texts()

    @property
    def indices(self) -> dict[str, Any]:
        """Part → row numbers: a NumPy array where NumPy is in use already, else a list."""
        return {name: self._given(rows) for name, rows in self.rows.items()}

    def __iter__(self) -> Iterator[Any]:
        return iter(self.folds) if self.is_cross_validation else iter(self.indices.values())

    def __len__(self) -> int:
        return len(self.folds) if self.is_cross_validation else len(self.rows)

    def __repr__(self) -> str:
        record = self.record
        sizes = ", ".join(f"{part.name}={part.size}" for part in record.parts[:8])
        more = ", …" if len(record.parts) > 8 else ""  # noqa: PLR2004
        seed = f", seed {record.seed}" if record.seeded else ""
        return f"<split {record.name!r}, {record.strategy}{seed}: {sizes}{more}>"

    def seal(self, batch: Puts) -> Split:
        """The record, with everything that it names stored in `batch`."""
        from jupyter_mlversion.codec.record import to_plain
        from jupyter_mlversion.splits.layout import encode

        record = self.record
        parts = record.parts
        if not self.is_cross_validation:
            rows = self.rows
            parts = tuple(
                replace(part, rows=batch.put_bytes(canonical.dump(sorted(_plain(rows[part.name])))).digest)
                if part.size <= MOST_LISTED else part
                for part in parts
            )

        def put(data: bytes | None) -> Digest | None:
            return None if data is None else batch.put_bytes(data).digest

        return replace(
            record, parts=parts, source=self.source(), layout=put(encode(self.folds, record.row_count)),
            identities=put(None if self.identities is None else self.identities.astype("<u8").tobytes()),
            target=put(_encoded(self.classes)), groups=put(_encoded(self.groups)),
            summary=put(None if self.summary is None else canonical.dump(to_plain(self.summary))),
        )

    def source(self) -> Digest:
        """Digest of the data: of what identifies its rows, and of the target."""
        from jupyter_mlversion.store import digest_of_bytes

        if self.identities is None:
            labels = self.labels
            return digest_of_bytes(canonical.dump(self.record.row_count if labels is None else labels))
        target = b"" if self.classes is None else self.classes.hashes().astype("<u8").tobytes()
        return digest_of_bytes(self.identities.astype("<u8").tobytes() + target)

    def _given(self, rows: Any) -> Any:
        return _plain(rows) if self.plain else rows


def parts_of(folds: Sequence[Fold], classes: Codes | None, *, cross_validation: bool) -> tuple[Part, ...]:
    """The parts as a version records them, with the rows per class where there is a target."""
    if cross_validation:
        rows = {f"fold {number}": fold.test for number, fold in enumerate(folds[:MOST_PARTS], 1)}
    else:
        rows = dict(folds[0].parts)
    if classes is None:
        return tuple(Part(name, len(numbers)) for name, numbers in rows.items())
    counted = _counted_as(classes)
    return tuple(Part(name, len(numbers), _counts(classes, numbers, counted)) for name, numbers in rows.items())


def _counted_as(classes: Codes) -> dict[str, str]:
    """Class → the name that it is counted under: itself for the 100 most frequent, ``other`` for the rest."""
    counts = classes.counts()
    ranked = sorted(counts, key=lambda label: (-counts[label], label))
    return {label: label for label in ranked[:MOST_CLASSES]} | dict.fromkeys(ranked[MOST_CLASSES:], OTHER)


def _counts(classes: Codes, rows: Any, counted: Mapping[str, str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for label, count in classes.counts(rows).items():
        found[counted[label]] += count
    return dict(sorted(found.items()))


def _encoded(codes: Codes | None) -> bytes | None:
    from jupyter_mlversion.splits.codes import MOST_NAMES

    return None if codes is None or len(codes.names) > MOST_NAMES else codes.encode()


def _plain(rows: Any) -> list[int]:
    listed: list[int] = rows.tolist()
    return listed
