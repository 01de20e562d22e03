"""Joining: a staged checkpoint and its document become a version, exactly once and in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlversion.repository.commit import Committer, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.version import Trigger
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.staging import Staged, Staging


class Joiner:
    """Makes versions of staged checkpoints; the caller holds the writer lock.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(
        self, root: Path, history: History, index: Index, staging: Staging, lines: Lines, committer: Committer
    ) -> None:
        self._root = root
        self._history = history
        self._index = index
        self._staging = staging
        self._lines = lines
        self._committer = committer

    def join(self, key: str, document: bytes | None, notebook: str | None, trigger: Trigger | None) -> Outcome:
        """See `Repository.join`; `notebook` is a workspace path."""
        settled = self._settled(key)
        if settled is not None:
            self._staging.remove(key)
            return settled
        staged = self._staging.read(key)
        for earlier in self._staging.records():
            if earlier.session == staged.session and earlier.checkpoint.time < staged.checkpoint.time:
                self._commit(earlier, None, None, None)
        return self._commit(staged, document, notebook, trigger)

    def _commit(self, staged: Staged, document: bytes | None, notebook: str | None, trigger: Trigger | None) -> Outcome:
        checkpoint = staged.checkpoint
        outcome = self._settled(checkpoint.key)
        if outcome is None:
            source = self._committer.notebook_or_none(notebook or self._where_now(checkpoint.notebook), document)
            event = checkpoint if trigger is None else replace(checkpoint, trigger=trigger)
            outcome = self._committer.commit(
                event, staged.snapshot, source, bytes_new=staged.bytes_new, seconds=staged.seconds
            )
        self._staging.remove(checkpoint.key)
        return outcome

    def _settled(self, key: str) -> Outcome | None:
        """What became of `key` already."""
        self._index.refresh(self._history)
        known = self._index.outcome(key)
        if known is None:
            return None
        if known.version is None:
            return Outcome(None, unchanged=True, seconds=0.0, bytes_new=0)
        version = self._history.read(known.version)
        return Outcome(version, unchanged=False, seconds=version.seconds, bytes_new=version.bytes_new)

    def _where_now(self, notebook: str | None) -> str | None:
        """Where a notebook is that a kernel knew at `notebook`: it may have been renamed since the kernel started."""
        if notebook is None or (self._root / notebook).exists():
            return notebook
        return self._lines.moved_from(notebook) or notebook
