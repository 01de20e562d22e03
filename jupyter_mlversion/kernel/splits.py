"""Splits of versions, asked for from a cell or a script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.kernel.load import notebook_or_folder

if TYPE_CHECKING:
    import os

    from plotly.graph_objects import Figure

    from jupyter_mlversion.splits import Partition


def get_split(version: str, name: str, notebook: str | os.PathLike[str] | None, data: Any) -> Partition:
    """See `jupyter_mlversion.get_split`."""
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.repository.splits import read_split

    for what, given in (("version", version), ("name", name)):
        if not _is_text(given):
            message = f"get_split: {what} is a text, got {given!r}"
            raise UsageError(message)
    here, start = notebook_or_folder()
    path = here if notebook is None else Path(notebook).absolute()
    return read_split(Repository.open(path or start), version, name, notebook=path, data=data)


def freeze(split: Partition | str, part: str) -> Partition:
    """See `jupyter_mlversion.freeze`."""
    from jupyter_mlversion.repository.splits import check_part
    from jupyter_mlversion.splits import Partition, register

    if isinstance(split, Partition):
        partition = split
    elif _is_text(split):
        partition = register().find(split) or get_split("HEAD", split, None, None)
    else:
        message = f"freeze needs a split or the name of one, got {type(split).__name__}"
        raise UsageError(message)
    check_part(partition.record, part, known=partition.identities is not None)
    register().freeze(partition, part)
    frozen = tuple(sorted({*partition.record.frozen, part}))
    return replace(partition, record=replace(partition.record, frozen=frozen))


def plot_split(
    version: str, name: str | None, view: str | None, notebook: str | os.PathLike[str] | None
) -> list[Figure]:
    """See `jupyter_mlversion.plot_split`."""
    from jupyter_mlversion.figures.shown import drawn
    from jupyter_mlversion.figures.views import version_figures
    from jupyter_mlversion.repository import Repository

    here, start = notebook_or_folder()
    path = here if notebook is None else Path(notebook).absolute()
    repository = Repository.open(path or start)
    detail = repository.show(version, notebook=path)
    return drawn(version_figures(detail.snapshot.splits, repository.store.read, name=name, view=view))


def _is_text(given: object) -> bool:
    return isinstance(given, str)
