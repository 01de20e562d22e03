"""A version's files below a folder of their own, beside what is there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.capture import environment
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.domain.artifact import is_outside
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import Conflict
from jupyter_mlversion.restore.plan import make_plan, refuse_conflicts
from jupyter_mlversion.restore.selection import Selection, of_parts
from jupyter_mlversion.restore.tree import parts_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.plan import RestorePlan
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.restoring import RestoreRequest
    from jupyter_mlversion.restore.journal import Journal, MoveHead
    from jupyter_mlversion.store import Store

Wanted = tuple["Version", Snapshot, str | None]
"""The version that a request means, what of it is wanted, and where its notebook is now."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy wrote.

    Parameters
    ----------
    plan : what was decided; its paths are those of the copies.
    folder : workspace path of the new folder.
    notebook : workspace path of the copied notebook; None when there is none.
    written : workspace paths.
    """

    plan: RestorePlan
    folder: str
    notebook: str | None
    written: tuple[str, ...]


class Copier:
    """Copies versions with the journal of restores: all files are there afterwards, or none.

    Parameters
    ----------
    root : the workspace.
    wanted : what a request means.
    move_head : see `MoveHead`; the head that a copy gives it is where the line stands.
    """

    def __init__(
        self,
        root: Path,
        store: Store,
        history: History,
        journal: Journal,
        wanted: Callable[[RestoreRequest], Wanted],
        move_head: MoveHead,
    ) -> None:
        self._root = root
        self._store = store
        self._history = history
        self._journal = journal
        self._wanted = wanted
        self._move_head = move_head

    def plan(self, request: RestoreRequest, folder: str) -> RestorePlan:
        """What `copy` would write.

        Raises
        ------
        Conflict : there is something at `folder`.
        OutsideWorkspace : `folder` is nothing that a restore may touch.
        """
        return self._plan(request, folder)[0]

    def copy(self, request: RestoreRequest, folder: str, progress: Progress = silent) -> Copied:
        """Write the files that `request` means below `folder`, each at its workspace path; wholly or not at all.

        Raises
        ------
        Conflict, RestoreConflict : something is in the way; nothing was made.
        DiskFull, FileFailure, CorruptChunk, Cancelled : nothing was made.
        """
        plan, target, version, notebook = self._plan(request, folder)
        refuse_conflicts(plan)
        stands = to_plain(self._history.head(version.line))
        prepared = self._journal.prepare(
            uuid.uuid4().hex, plan, target, expected={}, open_documents=frozenset(), heads=(stands, stands),
            progress=progress,
        )
        written = self._journal.apply(prepared, move_head=self._move_head, progress=progress).written
        copied = None if notebook is None else f"{folder}/{notebook}"
        return Copied(plan, folder, copied if copied in written else None, written)

    def _plan(self, request: RestoreRequest, folder: str) -> tuple[RestorePlan, Snapshot, Version, str | None]:
        parts_of(folder)
        if os.path.lexists(self._root / folder):
            message = f"there is something at {folder} already"
            raise Conflict(message, hint="Name a folder that does not exist yet.")
        version, target, notebook = self._wanted(request)
        target, _ = of_parts(target, Snapshot(), request.parts)
        chosen = Selection(request.paths, (item.path for item in target.artifacts))
        below = [
            item if is_outside(item.path) else replace(item, path=f"{folder}/{item.path}")
            for item in target.artifacts
            if item.path in chosen and not item.is_absent
        ]
        target = replace(target, artifacts=tuple(below))
        plan = make_plan(
            version_id=version.id, target=target, head=None, root=self._root, paths=(), keep_new=True,
            digest_of=self._digest, available=self._store.__contains__, environment=environment.capture(),
            notebook=None, document=None, keepable=lambda _: "", shared={},
        )
        return plan, target, version, notebook

    def _digest(self, path: str) -> None:
        """Nothing is where a copy goes."""
