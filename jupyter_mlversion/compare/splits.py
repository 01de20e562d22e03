"""How the splits of two snapshots differ: which rows went into another part, came, or went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare import values
from jupyter_mlversion.domain.difference import SplitChange
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.errors import MlversionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.splits import Partition

Read = Callable[["Digest"], bytes]


@dataclass(frozen=True, slots=True)
class SplitRows:
    """The rows behind a `SplitChange`.

    Parameters
    ----------
    moved, added : row numbers after, ascending.
    moved_before, gone : row numbers before; `moved_before` in the order of `moved`.
    flows : part before → part after → rows.
    by_content : whether rows were told by their content.
    """

    moved: Any
    moved_before: Any
    added: Any
    gone: Any
    kept: int
    flows: dict[str, dict[str, int]]
    by_content: bool


def changes(a: Iterable[Split], b: Iterable[Split], read: Read) -> tuple[SplitChange, ...]:
    """The splits of `b` that differ from those of `a`, by name; of several of one name, the last counts.

    Parameters
    ----------
    read : the content of a stored digest.
    """
    before, after = {split.name: split for split in a}, {split.name: split for split in b}
    found = (_change(before.get(name), after.get(name), read) for name in sorted({*before, *after}))
    return tuple(change for change in found if change is not None)


def rows_between(before: Partition, after: Partition) -> SplitRows:
    """Which rows moved, came and went from `before` to `after`."""
    import numpy as np

    from jupyter_mlversion.splits.rows import found_again, same_numbers

    by_content = before.identities is not None and after.identities is not None
    if by_content:
        rows = found_again(before.identities, after.identities)
    else:
        rows = same_numbers(before.record.row_count, after.record.row_count)
    there = np.flatnonzero(rows.where >= 0)
    here = rows.where[there]
    (names_a, label_a, mark_a), (names_b, label_b, mark_b) = _membership(before), _membership(after)
    differs = mark_a[there] != mark_b[here]
    order = np.argsort(here[differs], kind="stable")
    flows = _flows(names_a, names_b, label_a[there], label_b[here])
    return SplitRows(here[differs][order], there[differs][order], rows.new, rows.gone, int((~differs).sum()), flows,
                     by_content)


def _change(before: Split | None, after: Split | None, read: Read) -> SplitChange | None:
    if before is None or after is None:
        known = before or after
        if known is None:
            return None
        count = known.row_count or sum(part.size for part in known.parts)
        if before is None:
            return SplitChange(known.name, Change.ADDED, (None, count), added=count)
        return SplitChange(known.name, Change.REMOVED, (count, None), gone=count)
    settings = values.changes(_settings(before), _settings(after))
    if not settings and _same(before, after):
        return None
    return _modified(before, after, settings, read)


def _modified(
    before: Split, after: Split, settings: dict[str, tuple[Value, Value]], read: Read
) -> SplitChange | None:
    from jupyter_mlversion.splits.stored import partition_of

    try:
        old, new = partition_of(before, read), partition_of(after, read)
        rows = rows_between(old, new)
    except MlversionError:  # records whose rows were not stored, or are damaged: their settings still tell something
        counts = before.row_count or None, after.row_count or None
        return SplitChange(after.name, Change.MODIFIED, counts, settings=settings, by_content=False)
    if not settings and not len(rows.moved) and not len(rows.added) and not len(rows.gone) and before.source in {
            None, after.source}:
        return None
    return SplitChange(
        after.name, Change.MODIFIED, (old.record.row_count, new.record.row_count), rows.kept, len(rows.moved),
        len(rows.added), len(rows.gone), rows.flows, settings, rows.by_content,
    )


def _same(before: Split, after: Split) -> bool:
    return (before.layout, before.source, before.frozen, before.parts) == (
        after.layout, after.source, after.frozen, after.parts)


def _settings(split: Split) -> dict[str, Value]:
    told = {"strategy": split.strategy, "seed": split.seed if split.seeded else None, **split.parameters}
    return told | ({"frozen": ", ".join(split.frozen)} if split.frozen else {})


def _membership(partition: Partition) -> tuple[list[str], Any, Any]:
    """Names, for each row the number of the part (or fold) that it is in, and a mark that says all that it is in."""
    import numpy as np

    from jupyter_mlversion.splits.identity import identities

    count = partition.record.row_count if partition.table is None else partition.table.row_count
    names = [*partition.rows, ""]
    label = np.full(count, len(names) - 1, dtype=np.int64)
    mark = np.zeros(count, dtype=np.uint64)
    for number, rows in reversed(list(enumerate(partition.rows.values()))):
        label[rows] = number  # of several, the first
    for number, fold in enumerate(partition.folds):
        told = [f"{number} {name}" if partition.is_cross_validation else name for name in fold.parts]
        for key, rows in zip(identities([np.array(told, dtype=object)], len(told)), fold.parts.values(), strict=True):
            mark[rows] += key
    return names, label, mark


def _flows(names_a: list[str], names_b: list[str], label_a: Any, label_b: Any) -> dict[str, dict[str, int]]:
    import numpy as np

    counted = np.bincount(label_a * len(names_b) + label_b, minlength=len(names_a) * len(names_b))
    table = counted.reshape(len(names_a), len(names_b))
    flows = {
        name: {other: int(count) for other, count in zip(names_b, row, strict=True) if count}
        for name, row in zip(names_a, table, strict=True)
    }
    return {name: row for name, row in flows.items() if row}
