"""Which contents are needed: those that a version which is kept names, or a record of work that goes on.

Nothing here asks a clock. A content counts as named wherever its digest is spelled, so that a record that cannot be
read, or that a later program wrote, keeps its contents as well.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.history import HEADS, TAGS
from jupyter_mlversion.repository.durable import os_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from jupyter_mlversion.history import History

_DIGEST = re.compile(rb"blake3:([0-9a-f]{64})")
_LENGTH = len("blake3:") + 64
_PIECE = 2**20  # bytes that are read at once
_NO_RECORDS = re.compile(r"store|history\.git.*|locks|index\.sqlite.*")
_FILES_OF_RESTORES = {"new", "old"}


def named_in(data: bytes) -> set[bytes]:
    """The hashes of all digests that are spelled in `data`."""
    return {bytes.fromhex(digits.decode()) for digits in _DIGEST.findall(data)}


class Liveness:
    """The contents that are needed; asked again, only what is new is looked at.

    Parameters
    ----------
    folder : ``.mlversion``.
    """

    def __init__(self, folder: Path, history: History) -> None:
        self._folder = folder
        self._history = history
        self._refs: dict[str, str] | None = None
        self.read: set[str] = set()  # the objects of the history that needed versions have
        self._versions: set[str] = set()
        self._contents: set[bytes] = set()

    def contents(self, progress: Progress = silent, without: frozenset[str] = frozenset()) -> set[bytes]:
        """The hashes of all contents that are needed now; once needed, always needed, as long as this object lives.

        Parameters
        ----------
        without : full ids of versions to look at as if they were deleted.

        Raises
        ------
        CorruptHistory : what the versions need cannot be told; nothing may be thrown away then.
        """
        refs = self._history.every_ref()
        if refs != self._refs:
            new = [id_ for id_ in kept_versions(self._history, without) if id_ not in self._versions]
            for done, (_, data) in enumerate(self._history.files(new, self.read)):
                self._contents |= named_in(data)
                progress("reading versions", done, 0)
            self._versions.update(new)
            self._refs = refs
        self._contents |= named_in_records(self._folder)
        return self._contents


def named_in_records(folder: Path) -> set[bytes]:
    """The hashes of the contents that records of unfinished work name, in ``.mlversion``.

    Raises
    ------
    FileFailure : a record cannot be read: what is needed is then not known.
    """
    try:
        return {content for data in _records(folder) for content in named_in(data)}
    except OSError as error:
        raise os_failure(error, error.filename or folder) from error


def always_kept(history: History) -> dict[str, str]:
    """Versions whose bytes are kept even if they are deleted: full id → why."""
    kept = {}
    for ref, id_ in history.refs().items():
        if ref.startswith(HEADS):
            kept[id_] = f"it is the newest of the branch {ref.rpartition('/')[2]}"
        elif ref.startswith(TAGS):
            kept[id_] = f"it is tagged {ref.removeprefix(TAGS)}"
    kept |= {head.version: "its notebook stands on it" for head in history.heads().values() if head.version is not None}
    return kept


def kept_versions(history: History, without: frozenset[str] = frozenset()) -> list[str]:
    """The full ids of the versions whose contents are needed."""
    always = always_kept(history)
    hidden = {id_ for id_, said in history.annotations().items() if said.hidden} | without
    reachable = history.reachable(sorted(set(history.refs().values()))) if history.exists() else []
    return [id_ for id_ in reachable if id_ not in hidden or id_ in always]


def _records(folder: Path) -> Iterator[bytes]:
    """Each file of ours that is neither store nor history nor cache, bit by bit; one that goes meanwhile is done."""
    pending = [entry for entry in _listed(folder) if not _NO_RECORDS.fullmatch(entry.name)]
    while pending:
        entry = pending.pop()
        if entry.is_dir(follow_symlinks=False):
            pending += (below for below in _listed(entry) if below.name not in _FILES_OF_RESTORES)
        elif entry.is_file(follow_symlinks=False):
            with suppress(FileNotFoundError), open(entry, "rb") as file:
                yield from _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, which may be a model that waits for its checkpoint; no digest is torn apart."""
    piece = b""
    while data := file.read(_PIECE):
        piece = piece[1 - _LENGTH:] + data
        yield piece


def _listed(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        return list(entries)
    return []
