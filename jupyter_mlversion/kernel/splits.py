"""Splits of versions, asked for from a cell or a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.kernel.load import notebook_or_folder

if TYPE_CHECKING:
    import os

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


def _is_text(given: object) -> bool:
    return isinstance(given, str)
