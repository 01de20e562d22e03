"""Checks on demand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import NotFound, UsageError
from jupyter_mlversion.splits.examine import examine
from jupyter_mlversion.splits.partition import Partition
from jupyter_mlversion.splits.register import register
from jupyter_mlversion.splits.report import Report

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress


def check(
    split: object, data: Any = None, *, target: Any = None, groups: Any = None, time: Any = None,
    seconds: float | None = None, progress: Progress | None = None,
) -> Report:
    """Ask of a split what a careful reviewer would; see `jupyter_mlversion.check`."""
    partition = named(split) if isinstance(split, str) else split
    if not isinstance(partition, Partition):
        message = f"check needs a split, or the name of one, got {type(partition).__name__}"
        raise UsageError(message, hint="mlversion.split(…) and mlversion.get_split(…) answer one.")
    asked = replace(partition, table=None) if data is not None else partition
    examined = examine(
        asked, data, target=target, groups=groups, time=time, seconds=seconds, progress=progress)
    register().update(partition, examined)
    return Report(examined.record.name, examined.record.checks)


def named(name: str) -> Partition:
    """The latest split of this session with that name.

    Raises
    ------
    NotFound : there is none.
    """
    found = register().find(name)
    if found is None:
        message = f"no split of this session is called {name!r}"
        raise NotFound(message, hint="Give what mlversion.split(…) answered, or split again.")
    return found
