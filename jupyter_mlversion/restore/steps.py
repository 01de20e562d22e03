"""The steps of a restore: what its plan says, as the journal's record has it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from jupyter_mlversion.errors import DiskFull, UnknownPath
from jupyter_mlversion.restore.record import Fresh, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.restore.patch import Patcher
    from jupyter_mlversion.restore.shelf import Shelves

_MARGIN = 1 << 20
_BLOCK = 4096


def artifacts_at(target: Snapshot, paths: Sequence[str]) -> list[Artifact]:
    """The artifacts of `target` at `paths`, in that order.

    Raises
    ------
    UnknownPath : there is none, or none with bytes.
    """
    by_path = {artifact.path: artifact for artifact in target.artifacts if artifact.digest is not None}
    for path in paths:
        if path not in by_path:
            message = f"the version does not hold {path}"
            raise UnknownPath(message)
    return [by_path[path] for path in paths]


def plan_steps(
    removes: Sequence[str],
    artifacts: Sequence[Artifact],
    shelves: Mapping[str, int],
    expected: Mapping[str, Digest | None],
    documents: frozenset[str],
) -> tuple[Step, ...]:
    """The steps in order, none of them a patch yet; all `artifacts` have bytes, see `artifacts_at`."""
    steps = [Step(number, path, shelves[path], expected.get(path), None) for number, path in enumerate(removes)]
    for number, item in enumerate(artifacts, len(steps)):
        path = item.path
        fresh = Fresh(cast("Digest", item.digest), item.size, item.mode)
        steps.append(Step(number, path, shelves[path], expected.get(path), fresh, path in documents))
    return tuple(steps)


def with_patches(
    steps: Sequence[Step], artifacts: Sequence[Artifact], patcher: Patcher, shelves: Shelves
) -> tuple[Step, ...]:
    """The steps, those being patches that can be."""
    by_path = {artifact.path: artifact for artifact in artifacts}
    return tuple(
        step
        if step.fresh is None or step.document
        else replace(step, patch=patcher.patch(by_path[step.path], step.expected, shelves.new(step)))
        for step in steps
    )


def with_files(steps: Sequence[Step], artifacts: Sequence[Artifact]) -> list[tuple[Step, Artifact]]:
    """The steps for which a new file is made, and what it is."""
    by_path = {artifact.path: artifact for artifact in artifacts}
    return [(step, by_path[step.path]) for step in steps if step.fresh is not None and step.patch is None]


def check_room(root: int, steps: Sequence[Step]) -> None:
    """Raise when the disk has no room for the new files and for what patches add.

    Raises
    ------
    DiskFull : it has not.
    """
    needed = 0
    for step in steps:
        if step.fresh is not None:
            size = step.fresh.size if step.patch is None else max(0, step.fresh.size - step.patch.old_size)
            needed += -(-size // _BLOCK) * _BLOCK
    status = os.fstatvfs(root)
    free = status.f_bavail * status.f_frsize
    if needed and needed + _MARGIN > free:
        message = f"the restore needs {needed:,} bytes, the disk has {free:,} left"
        raise DiskFull(message, hint="Free some disk space, or restore fewer paths.")
