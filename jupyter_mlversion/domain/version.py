"""A snapshot with parents, author, message and time; and the event that asks for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.freeze import Frozen, Leak
from jupyter_mlversion.domain.glance import Glance
from jupyter_mlversion.domain.run import Value

WORKSPACE_LINE = "workspace"
"""The id of the line of checkpoints that name no notebook."""

WORKSPACE_SIDE = "workspace"
"""What names the workspace as it is, where a version could be named."""

MAIN = "main"
"""The branch that a line starts with."""


class Trigger(StrEnum):
    """What asked for a version."""

    CELL = "cell"
    MAGIC = "magic"
    CLI = "cli"
    EXECUTE = "execute"
    API = "api"
    PANEL = "panel"
    IMPORT = "import"
    SAFETY = "safety"


class Document(StrEnum):
    """Where a version's notebook came from: the front end, the last save, or nowhere."""

    LIVE = "live"
    AS_SAVED = "as-saved"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The event that a version is asked for.

    Parameters
    ----------
    key : kernel session and execute-request id, or any unique text; the same key never makes two versions.
    trigger : what asked.
    message : the user's words, or a default made from the cell.
    notebook : workspace path; None for the line ``workspace``.
    cell_id : the cell that asked; empty without one.
    time : aware, UTC.
    seconds : how long the cell ran before.
    """

    key: str
    trigger: Trigger
    time: datetime
    message: str = ""
    notebook: str | None = None
    cell_id: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many artifacts a version has, and how many differ from its first parent's."""

    artifacts: int = 0
    added: int = 0
    modified: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version, as the history knows it. The fields are the public contract of every ``--json`` answer.

    Parameters
    ----------
    id : full commit id; `short` abbreviates it.
    line : id of the line.
    branch : the branch that it was made on; of a safety version, the one that it was taken on, or empty.
    parents : full ids.
    message, author : text; the message is the one that the user gave it since, if there is one.
    time : aware, UTC.
    notebook : workspace path at that time; None on the line ``workspace``.
    cell_id, trigger, document : see `Checkpoint`, `Trigger`, `Document`.
    metrics, params : last values by name.
    counts : artifacts and changes.
    bytes_new : bytes of its contents that the store did not hold, counted before it encodes them.
    seconds : how long the checkpoint took (staging and join).
    labels, tags : annotations, and refs that point here.
    frozen : parts of splits that no training may see, this version's own and those of the versions before.
    trained : digest of stored identities (8 bytes each, ascending) of all rows that were trained on up to here; None as
        long as nothing is frozen.
    leaks : frozen rows that were trained on nevertheless, here or anywhere before.
    starred, hidden, note : see `Annotation`; a hidden version was deleted.
    glances : the last three splits: sizes of the parts, and the worst that was found.
    original_message : the message that it was made with, where `message` is another one.
    """

    id: str
    short: str
    line: str
    branch: str
    parents: tuple[str, ...]
    message: str
    author: str
    time: datetime
    notebook: str | None
    cell_id: str
    trigger: Trigger
    document: Document
    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, Value] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    bytes_new: int = 0
    seconds: float = 0.0
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    trained: Digest | None = None
    leaks: tuple[Leak, ...] = ()
    starred: bool = False
    hidden: bool = False
    glances: tuple[Glance, ...] = ()
    note: str = ""
    original_message: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a line stands.

    Parameters
    ----------
    line : id of the line.
    branch : None when the line stands on a version that is no branch's tip; the next checkpoint then opens a branch.
    version : full id; None before the first version.
    """

    line: str
    branch: str | None
    version: str | None
