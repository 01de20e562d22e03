"""The splits of versions: their rows, given back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.repository.repository import Repository
    from jupyter_mlversion.splits import Partition


def named(splits: Iterable[Split], name: str, version: str) -> Split:
    """The last split that is called `name`.

    Raises
    ------
    NotFound : there is none; the hint tells which there are.
    """
    known = {split.name: split for split in splits}
    if name not in known:
        message = f"version {version[:12]} has no split {name!r}"
        hint = f"It has: {', '.join(map(repr, known))}" if known else "Split in a cell before the checkpoint."
        raise NotFound(message, hint=hint)
    return known[name]


def to_freeze(splits: Iterable[Split], name: str, part: str, version: str) -> Split:
    """The split that is called `name`, with `part` marked as frozen.

    Raises
    ------
    NotFound : there is no such split, or it has no such part.
    UsageError : its rows have no content by which they could be told.
    """
    split = named(splits, name, version)
    check_part(split, part, known=split.identities is not None)
    return replace(split, frozen=tuple(sorted({*split.frozen, part})))


def check_part(split: Split, part: str, *, known: bool) -> None:
    """Make sure that a part can be frozen.

    Parameters
    ----------
    known : whether the rows have identities.

    Raises
    ------
    NotFound : the split has no such part.
    UsageError : its rows have no content by which they could be told.
    """
    if split.fold_count:
        message = f"the split {split.name!r} is a cross-validation: each of its rows is trained on in some fold"
        raise UsageError(message, hint="Put a test set aside first, and cross-validate the training rows.")
    names = [item.name for item in split.parts]
    if part not in names:
        message = f"the split {split.name!r} has no part {part!r}"
        raise NotFound(message, hint=f"It has: {', '.join(names[:20])}")
    if not known:
        message = f"the rows of the split {split.name!r} have no content, so that they could not be found again"
        raise UsageError(message, hint="Split the data itself, not the number of its rows.")


def read_split(
    repository: Repository, version: str, name: str, *, notebook: Path | str | None = None, data: Any = None
) -> Partition:
    """The partition that a version records under `name`; see `jupyter_mlversion.get_split`.

    Raises
    ------
    UnknownVersion, AmbiguousVersion : see `Repository.resolve`.
    NotFound : the version has no such split.
    UsageError : its rows were not stored, or none of them is in `data`.
    Damage : what was stored cannot be read.
    """
    from jupyter_mlversion.splits.stored import on_data, partition_of

    detail = repository.show(version, notebook=notebook)
    partition = partition_of(named(detail.snapshot.splits, name, detail.version.id), repository.store.read)
    return partition if data is None else on_data(partition, data)
