"""The journal's record of one restore: all that is needed to finish or to undo it after a crash."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlversion.codec.json import dump, load
from jupyter_mlversion.codec.record import from_plain
from jupyter_mlversion.domain.digest import Digest  # noqa: TC001 - msgspec reads the annotations at run time
from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.restore.process import Process  # noqa: TC001 - msgspec reads the annotations at run time
from jupyter_mlversion.restore.tree import parts_of
from jupyter_mlversion.store import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""The format of a record without patches."""

PATCHING = 2
"""The format of a record with patches: who does not know them must not take such a step for done."""

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


class Phase(StrEnum):
    """How far a committed restore is; the record's file is named so, which lets a phase change with one rename."""

    SWITCHING = "switching"
    UNDOING = "undoing"
    DOCUMENT_PENDING = "document-pending"

    @property
    def file_name(self) -> str:
        """The record's file in this phase."""
        return f"{self.value}.json"


@dataclass(frozen=True, slots=True)
class Fresh:
    """The file that a step puts in place: its digest, size in bytes, and full ``st_mode``."""

    digest: Digest
    size: int
    mode: int


@dataclass(frozen=True, slots=True)
class Patch:
    """How a step turns the present file into the new one instead of putting another in its place.

    Parameters
    ----------
    ranges : where the two contents may differ: offset and length, bytes; in order and apart, up to the end of the
        longer one.
    mtime_ns : modification time of the new file, nanoseconds since the epoch.
    old_size, old_mode, old_mtime_ns : of the present file; its digest is the step's `expected`.
    """

    ranges: tuple[tuple[int, int], ...]
    mtime_ns: int
    old_size: int
    old_mode: int
    old_mtime_ns: int


@dataclass(frozen=True, slots=True)
class Step:
    """One path that is switched.

    Parameters
    ----------
    number : the name of its files in ``new/`` and ``old/``.
    path : workspace path.
    shelf : which shelf its files lie on; 0 is the restore's own folder in the journal.
    expected : digest of the present bytes, which the safety version keeps; None when nothing is there.
    fresh : what is put in place; None removes the file.
    document : whether the front end applies it, because the file is open there.
    patch : how the present file becomes the new one; None when a new file is put in its place.
    """

    number: int
    path: str
    shelf: int
    expected: Digest | None
    fresh: Fresh | None
    document: bool = False
    patch: Patch | None = None


@dataclass(frozen=True, slots=True)
class Emptied:
    """A folder that the removes leave empty and that is then removed; `mode` brings it back when undone."""

    path: str
    mode: int


@dataclass(frozen=True, slots=True)
class Record:
    """One restore.

    Parameters
    ----------
    format : of this record.
    restore, version : id of the restore, full id of the version.
    time : when it was committed, seconds since the epoch.
    process : who applies it.
    steps : removes first, then writes, each sorted by path.
    emptied : folders to remove, the deepest first.
    made : folders to make, the outermost first.
    shelves : workspace folders, on other file systems than the journal, that hold shelves 1, 2, …; the root is empty.
    heads : where the line stands before and after; opaque here.
    """

    format: int
    restore: str
    version: str
    time: float
    process: Process
    steps: tuple[Step, ...]
    emptied: tuple[Emptied, ...]
    made: tuple[str, ...]
    shelves: tuple[str, ...]
    heads: tuple[dict[str, Any], dict[str, Any]]

    @property
    def documents(self) -> tuple[Step, ...]:
        """The steps that the front end applies."""
        return tuple(step for step in self.steps if step.document)

    @property
    def closed(self) -> tuple[Step, ...]:
        """The steps that are applied here."""
        return tuple(step for step in self.steps if not step.document)


def is_restore_id(text: str) -> bool:
    """Whether `text` can be the id of a restore, which names a folder."""
    return _ID.fullmatch(text) is not None


def write_record(folder: Path, record: Record) -> None:
    """Write the record durably; when this returns, the restore is committed.

    Raises
    ------
    OSError : nothing is committed once the caller has removed the folder.
    """
    temporary = folder / "record.tmp"
    with temporary.open("xb") as file:
        file.write(dump(msgspec.to_builtins(record)))  # `dump` does the rest of `to_plain`
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / Phase.SWITCHING.file_name)
    sync_folder(folder)


def read_record(folder: Path, phase: Phase) -> Record:
    """The record in `folder`, every path in it checked again.

    Raises
    ------
    CorruptHistory : it is not a record that this code can trust.
    OutsideWorkspace : one of its paths leads where no restore may write.
    OSError : it cannot be read.
    """
    data = (folder / phase.file_name).read_bytes()
    try:
        record = from_plain(Record, load(data))
    except (ValueError, msgspec.ValidationError) as error:
        message = f"{folder / phase.file_name} is not a journal record: {error}"
        raise CorruptHistory(message) from error
    patching = any(step.patch for step in record.steps)
    if record.format != (PATCHING if patching else FORMAT) or record.restore != folder.name:
        message = f"{folder / phase.file_name} is a journal record of another format or place"
        raise CorruptHistory(message)
    for path in [*(step.path for step in record.steps), *(item.path for item in record.emptied), *record.made]:
        parts_of(path)
    for path in filter(None, record.shelves):
        parts_of(path)
    if len({step.number for step in record.steps}) != len(record.steps):
        message = f"{folder / phase.file_name} uses a number twice"
        raise CorruptHistory(message)
    if any(not 0 <= step.shelf <= len(record.shelves) or step.number < 0 for step in record.steps):
        message = f"{folder / phase.file_name} names a shelf that does not exist"
        raise CorruptHistory(message)
    if not all(_can_be_patched(step) for step in record.steps if step.patch):
        message = f"{folder / phase.file_name} has a patch that cannot be"
        raise CorruptHistory(message)
    return record


def _can_be_patched(step: Step) -> bool:
    """Whether both contents of a step with a patch are known, and its ranges are in order, apart and within them."""
    if step.patch is None or step.fresh is None or step.expected is None or step.document:
        return False
    if not (stat.S_ISREG(step.fresh.mode) and stat.S_ISREG(step.patch.old_mode)):
        return False
    end = -1
    for offset, length in step.patch.ranges:
        if offset <= end or length <= 0:
            return False
        end = offset + length
    return end <= max(step.fresh.size, step.patch.old_size)


def phase_of(folder: Path) -> Phase | None:
    """The phase of the restore in `folder`; None when it was never committed."""
    return next((phase for phase in Phase if (folder / phase.file_name).is_file()), None)


def change_phase(folder: Path, old: Phase, new: Phase) -> None:
    """Move the record from one phase to the other, durably."""
    (folder / old.file_name).rename(folder / new.file_name)
    sync_folder(folder)
