"""One captured file."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """What an artifact is, told from its content."""

    NOTEBOOK = "notebook"
    DATA = "data"
    MODEL = "model"
    OTHER = "other"


class Access(StrEnum):
    """Why an artifact is in the snapshot: what was seen of it."""

    READ = "read"
    WRITTEN = "written"
    BOTH = "both"
    TRACKED = "tracked"

    def joined(self, other: Access) -> Access:
        """What is known of a file that was seen both as `self` and as `other`; seeing beats tracking."""
        if other in {self, Access.TRACKED}:
            return self
        return other if self == Access.TRACKED else Access.BOTH


class State(StrEnum):
    """Whether the bytes of an artifact can be had back."""

    STORED = "stored"
    DIGEST_ONLY = "digest-only"
    EXTERNAL = "external"
    UNSTABLE = "unstable"


OUTSIDE = "/"
"""What stands for the folder of all that lies outside of the workspace."""

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def is_outside(path: str) -> bool:
    """Whether the path of an artifact is absolute: of a file outside of the workspace."""
    return path.startswith("/") or (path[1:2] == ":" and _DRIVE.match(path) is not None)


def folder_of(path: str) -> str:
    """The workspace path of the folder that an artifact is directly in, empty for the workspace; else `OUTSIDE`."""
    return OUTSIDE if is_outside(path) else path.rpartition("/")[0]


ABSENT = "nothing was there"
"""The reason of the artifact that records so."""

BY_RULE = "a rule in mlversion.toml keeps only its digest"
"""The reason of an artifact that is digest-only because the user said so."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One captured file of the workspace.

    Parameters
    ----------
    path : relative to the workspace, parts joined by ``/``; a file outside has its absolute path and is digest-only.
    role : what the file is.
    access : what was seen of it.
    digest : of the bytes; of the target's text for a symbolic link; None when the file could not be read.
    size : bytes.
    mode : ``st_mode``: file type and permissions.
    mtime_ns : modification time, nanoseconds since the epoch.
    state : whether the bytes can be had back.
    reason : why they cannot, in words for the user; empty for stored ones.
    """

    path: str
    role: Role
    access: Access
    digest: Digest | None
    size: int
    mode: int
    mtime_ns: int
    state: State = State.STORED
    reason: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the store was given the bytes."""
        return self.state in (State.STORED, State.UNSTABLE)

    @property
    def is_chosen(self) -> bool:
        """Whether the user chose that the bytes are not kept here."""
        return self.state == State.EXTERNAL or self.reason == BY_RULE

    @property
    def is_absent(self) -> bool:
        """Whether this records, in a safety version, that nothing was at the path: restoring removes what is there."""
        return self.reason == ABSENT

    @property
    def is_symlink(self) -> bool:
        """Whether this is a symbolic link, recorded as such and never followed."""
        return stat.S_ISLNK(self.mode)


Folders = dict[str, tuple[Artifact, ...]]
"""Folder (see `folder_of`) → the artifacts that are directly in it, sorted by path."""


def by_folder(artifacts: Iterable[Artifact]) -> Folders:
    """Artifacts by the folder that they are directly in (see `folder_of`), in the order given."""
    found: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        found.setdefault(folder_of(artifact.path), []).append(artifact)
    return {folder: tuple(inside) for folder, inside in found.items()}
