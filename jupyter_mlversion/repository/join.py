"""Joining: a staged checkpoint and its document become a version, exactly once and in order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.repository.commit import Committer, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.version import Trigger
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.staging import Staged, Staging


class Joiner:
    """Makes versions of staged checkpoints; the caller holds the writer lock."""

    def __init__(self, history: History, index: Index, staging: Staging, lines: Lines, committer: Committer) -> None:
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
        path = notebook or self._where_now(staged)
        self._settle(
            earlier
            for earlier in self._staging.records()
            if earlier.checkpoint.time < staged.checkpoint.time
            and (earlier.session == staged.session or self._where_now(earlier) == path)
        )
        return self._commit(staged, document, path, trigger)

    def settle_notebook(self, notebook: str | None, document: bytes | None = None) -> None:
        """Make versions of all that is staged for the notebook at a workspace path, the newest with `document`."""
        waiting = [staged for staged in self._staging.records() if self._where_now(staged) == notebook]
        self._settle(waiting[:-1])
        for newest in waiting[-1:]:
            self._commit(newest, document, notebook, None)

    def _settle(self, records: Iterable[Staged]) -> None:
        for staged in records:
            with suppress(MlversionError):  # one that cannot be committed must not hold up the others
                self._commit(staged, None, self._where_now(staged), None)

    def _commit(self, staged: Staged, document: bytes | None, notebook: str | None, trigger: Trigger | None) -> Outcome:
        checkpoint = staged.checkpoint
        outcome = self._settled(checkpoint.key)
        if outcome is None:
            source = self._committer.notebook_or_none(notebook, document)
            event = checkpoint if trigger is None else replace(checkpoint, trigger=trigger)
            outcome = self._committer.commit_staged(
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

    def _where_now(self, staged: Staged) -> str | None:
        return self._lines.where_now(staged.checkpoint.notebook, staged.checkpoint.cell_id)
