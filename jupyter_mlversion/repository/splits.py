"""The splits of versions: their rows, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import NotFound

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
