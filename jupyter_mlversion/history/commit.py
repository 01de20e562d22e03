"""A version and its snapshot as one Git commit, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.digest import Digest  # noqa: TC001 - looked up when a version is read
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.freeze import Frozen, Leak  # noqa: TC001 - likewise
from jupyter_mlversion.domain.glance import Glance  # noqa: TC001 - msgspec reads it at run time
from jupyter_mlversion.domain.run import Run, Value
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.domain.version import Counts, Document, Trigger, Version
from jupyter_mlversion.errors import CorruptHistory, OutsideWorkspace
from jupyter_mlversion.history import folder
from jupyter_mlversion.history.entry import Entry
from jupyter_mlversion.history.folder import file_of, files_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyter_mlversion.domain.artifact import Artifact, Folders

FORMAT = 1
"""The number of the format of a version's files."""

VERSION_FILE = b"version.json"
_TRAILER = b"\n\nMlversion-Key: "
_PERSON = re.compile(r"(?P<name>[^<>]*?)\s*(?:<(?P<email>[^<>]*)>)?\s*")


@dataclass(frozen=True, slots=True)
class _Stored:
    """The fields of ``version.json``."""

    format: int
    line: str
    branch: str
    time: datetime
    notebook: str | None
    cell_id: str
    trigger: Trigger
    document: Document
    metrics: dict[str, float]
    params: dict[str, Value]
    counts: Counts
    bytes_new: int
    seconds: float
    key: str
    equality: str
    frozen: tuple[Frozen, ...] = ()
    trained: Digest | None = None
    leaks: tuple[Leak, ...] = ()
    glances: tuple[Glance, ...] = ()


_SHARED = ("line", "branch", "time", "notebook", "cell_id", "trigger", "document", "metrics", "params", "counts",
           "bytes_new", "seconds", "frozen", "trained", "leaks", "glances")


def files(draft: Version, snapshot: Snapshot, key: str, equality: str,
          folders: Mapping[str, Sequence[Artifact]]) -> Iterator[tuple[bytes, bytes]]:
    """The files of the commit's tree, path and bytes (none for a file that is to go).

    Parameters
    ----------
    folders : artifacts by folder; those of `snapshot` do not count.
    """
    fields: dict[str, Any] = {name: getattr(draft, name) for name in _SHARED}
    yield VERSION_FILE, json.dump(to_plain(_Stored(format=FORMAT, **fields, key=key, equality=equality)))
    yield b"runs.json", json.dump(to_plain(snapshot.runs))
    yield b"splits.json", json.dump(to_plain(snapshot.splits))
    yield b"environment.json", json.dump(to_plain(snapshot.environment))
    yield b"code.json", json.dump(to_plain(snapshot.code))
    yield from files_of(folders)


def files_for(folders: Iterable[str]) -> frozenset[bytes]:
    """The files of a commit's tree that hold a snapshot with the artifacts of just these folders."""
    return frozenset({b"runs.json", b"splits.json", b"environment.json", b"code.json", *map(file_of, folders)})


def message_bytes(message: str, key: str) -> bytes:
    """The commit's message: the user's text, then a trailer that names the checkpoint."""
    return _clean(message).encode() + _TRAILER + " ".join(_clean(key).split()).encode() + b"\n"


def normal(draft: Version, author: str) -> Version:
    """`draft` as Git can hold it: text that is Unicode, an author of one line; its time in UTC."""
    return replace(draft, time=draft.time.astimezone(UTC), message=_clean(draft.message), author=author)


def person(author: str) -> tuple[str, str]:
    """Name and email of ``Name <email>``, with nothing in them that Git would take for something else."""
    match = _PERSON.fullmatch(" ".join(_clean(author).split()))
    name, email = (match["name"], match["email"] or "") if match else (author, "")
    return re.sub(r"[<>\n]", "", _clean(name)).strip() or "unknown", email.strip()


def entries_from(rows: Sequence[tuple[str, str, bytes, bytes]]) -> list[Entry]:
    """Versions from rows of id, abbreviated id, commit and ``version.json``.

    Raises
    ------
    CorruptHistory : one of them is no version.
    """
    plain: list[Any] = []
    for id_, _, _, data in rows:
        try:
            plain.append(json.load(data))
        except ValueError as error:
            raise corrupt(id_, error) from error
    try:
        stored = from_plain(list[_Stored], plain)
    except (msgspec.ValidationError, TypeError) as error:
        if len(rows) > 1:
            return [entry for row in rows for entry in entries_from([row])]
        raise corrupt(rows[0][0], error) from error
    return [_entry(row, one) for row, one in zip(rows, stored, strict=True)]


def snapshot_from(id_: str, tree: Mapping[bytes, bytes]) -> Snapshot:
    """The snapshot that the files of a commit's tree hold.

    Raises
    ------
    CorruptHistory : they hold none.
    """
    snapshot, folders = folders_from(id_, tree)
    artifacts = sorted(chain.from_iterable(folders.values()), key=attrgetter("path"))
    return replace(snapshot, artifacts=tuple(artifacts))


def folders_from(id_: str, tree: Mapping[bytes, bytes]) -> tuple[Snapshot, Folders]:
    """The same as a snapshot without artifacts, and the artifacts by folder; errors as there."""
    try:
        snapshot = Snapshot(
            runs=from_plain(tuple[Run, ...], json.load(tree[b"runs.json"])),
            splits=from_plain(tuple[Split, ...], json.load(tree[b"splits.json"])),
            environment=from_plain(Environment, json.load(tree[b"environment.json"])),
            code=from_plain(CodeState, json.load(tree[b"code.json"])))
        return snapshot, folder.folders_from(tree)
    except (ValueError, KeyError, TypeError, AttributeError, OutsideWorkspace) as error:
        raise corrupt(id_, error) from error


def _entry(row: tuple[str, str, bytes, bytes], stored: _Stored) -> Entry:
    id_, short, commit, _ = row
    if stored.format != FORMAT:
        message = f"version {id_[:8]} has format {stored.format}; this mlversion knows format {FORMAT}"
        raise CorruptHistory(message, hint="Update jupyter_mlversion.")
    try:
        head, _, body = commit.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").split("\n")
        parents = tuple(line[7:] for line in lines if line.startswith("parent "))
        who, _, _ = next(line[7:] for line in lines if line.startswith("author ")).rsplit(" ", 2)
        text = body.rpartition(_TRAILER)[0].decode()
    except (ValueError, StopIteration) as error:
        raise corrupt(id_, error) from error
    shared: dict[str, Any] = {name: getattr(stored, name) for name in _SHARED}
    version = Version(id=id_, short=short, parents=parents, message=text, author=who.removesuffix(" <>"), **shared)
    return Entry(version, stored.key, stored.equality)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def corrupt(id_: str, error: object) -> CorruptHistory:
    """The error for a version that cannot be read."""
    return CorruptHistory(f"version {id_[:8]} cannot be read: {error}", hint="Run mlversion verify.")
