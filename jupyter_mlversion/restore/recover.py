"""What the next command does about restores that a killed process left in the journal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import CorruptHistory, MlversionError, OutsideWorkspace
from jupyter_mlversion.restore.failure import typed
from jupyter_mlversion.restore.record import Phase, Record, change_phase, phase_of, read_record
from jupyter_mlversion.restore.shelf import discard

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyter_mlversion.restore.switch import Switch


class Recovery:
    """Finishes committed restores, undoes those that were being undone, deletes the rest.

    Parameters
    ----------
    root : the workspace.
    open_switch : opens the switch of a record whose folder is given.
    move_head : lets a line stand where a record says.
    older_than : seconds after which open documents are written to their files.
    """

    def __init__(
        self,
        root: Path,
        open_switch: Callable[[Record, Path], AbstractContextManager[Switch]],
        move_head: Callable[[dict[str, Any]], None],
        older_than: float,
    ) -> None:
        self._root = root
        self._open_switch = open_switch
        self._move_head = move_head
        self._older_than = older_than

    def recover(self, folder: Path) -> list[str]:
        """Deal with the restore in `folder`; what was done, in sentences.

        Raises
        ------
        FileFailure, DiskFull : it can be neither finished nor undone now.
        """
        phase = phase_of(folder)
        if phase is None:
            self._discard(folder)
            return []
        try:
            with typed("the journal"):
                record = read_record(folder, phase)
            with self._open_switch(record, folder):
                pass
        except (CorruptHistory, OutsideWorkspace) as error:
            return [self._set_aside(folder, error)]
        if phase == Phase.UNDOING:
            return self._undo(folder, record, "it had failed")
        sentences = self._finish(folder, record) if phase == Phase.SWITCHING else []
        if phase_of(folder) == Phase.DOCUMENT_PENDING and self._overdue(record):
            sentences += self._write_documents(folder, record)
        return sentences

    def _finish(self, folder: Path, record: Record) -> list[str]:
        failure: MlversionError | None = None
        with self._open_switch(record, folder) as switch:
            try:
                switch.forward(resumed=True)
                changed = switch.changed(record.closed)
                switch.sync()
                self._move_head(record.heads[1])
            except MlversionError as error:
                failure = error
            else:
                switch.keep(changed)
        if failure is not None:
            with typed("the journal"):
                change_phase(folder, Phase.SWITCHING, Phase.UNDOING)
            return self._undo(folder, record, failure.message)
        if record.documents:
            with typed("the journal"):
                change_phase(folder, Phase.SWITCHING, Phase.DOCUMENT_PENDING)
        else:
            self._discard(folder)
        return [f"An interrupted restore of version {record.version[:10]} was finished.", *_told(switch)]

    def _undo(self, folder: Path, record: Record, reason: str) -> list[str]:
        with self._open_switch(record, folder) as switch:
            switch.back()
            switch.sync()
            self._move_head(record.heads[0])
        self._discard(folder)
        return [f"An interrupted restore of version {record.version[:10]} was undone ({reason}).", *_told(switch)]

    def _write_documents(self, folder: Path, record: Record) -> list[str]:
        with self._open_switch(record, folder) as switch:
            try:
                written = switch.put_documents()
            except MlversionError as error:  # nothing is half done: the bytes wait on, and no command is held up
                return [f"A restored document could not be written: {error.message}"]
            changed = switch.changed(record.documents)
            switch.sync()
            switch.keep(changed)
        self._discard(folder)
        paths = ", ".join(step.path for step in written)
        told = [f"{paths}: restored on disk, because no open editor took it over."] if written else []
        return [*told, *_told(switch)]

    def _overdue(self, record: Record) -> bool:
        return record.process.dead or not 0 <= time.time() - record.time < self._older_than

    def _discard(self, folder: Path) -> None:
        with typed("the journal"):
            discard(self._root, folder)

    def _set_aside(self, folder: Path, error: MlversionError) -> str:
        """A record that cannot be trusted is never acted on, and what its folder holds is never deleted."""
        aside = folder.with_name(f"damaged.{folder.name}")
        with typed("the journal"):
            folder.rename(aside)
        return f"A restore's journal cannot be used and was set aside as {aside}: {error.message}"


def _told(switch: Switch) -> list[str]:
    return [f"{item.path}: {item.reason}." for item in switch.kept]
