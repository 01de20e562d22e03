"""Folders of the workspace as folders of a commit's tree, so that any name of a user's is possible."""

from __future__ import annotations

import re
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.artifact import OUTSIDE, Access, Artifact, Role, State
from jupyter_mlversion.domain.digest import Digest  # noqa: TC001 - looked up when a row is read
from jupyter_mlversion.errors import OutsideWorkspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = b"artifacts"
OUTSIDE_FILE = b"outside.json"
FILES = b"files.json"
_CHILDREN = b"in"

# A dot is plain only after a letter or digit: no name can then look like Git's own folder, to any file system.
_ODD = re.compile(rb"[^A-Za-z0-9 _.\x80-\xff-]|(?<![A-Za-z0-9])\.|\.(?=$)")


def escape(name: str) -> bytes:
    """The name of a user's folder as a name in a commit's tree."""
    return _ODD.sub(lambda match: b"%%%02X" % match[0][0], name.encode("utf-8", "surrogateescape"))


def unescape(name: bytes) -> str:
    """The inverse of `escape`."""
    plain = re.sub(rb"%([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), name)
    return plain.decode("utf-8", "surrogateescape")


def file_of(folder: str) -> bytes:
    """The file of a commit's tree that holds the artifacts which are directly in `folder`; see `folder_of`.

    Raises
    ------
    OutsideWorkspace : the folder could lead out of the workspace.
    """
    if folder == OUTSIDE:
        return OUTSIDE_FILE
    parts = _split(f"{folder}/-")[0] if folder else ()
    return ROOT + b"".join(b"/" + _CHILDREN + b"/" + escape(part) for part in parts) + b"/" + FILES


def files_of(folders: Mapping[str, Sequence[Artifact]]) -> Iterator[tuple[bytes, bytes]]:
    """The files of a commit's tree, path and bytes, that hold the artifacts of some folders; no bytes for no artifact.

    Raises
    ------
    OutsideWorkspace : a path could lead out of the workspace.
    """
    for folder, artifacts in folders.items():
        path = file_of(folder)
        if folder == OUTSIDE:
            yield path, json.dump(to_plain(list(artifacts))) if artifacts else b""
            continue
        rows = sorted((_split(artifact.path)[1], artifact) for artifact in artifacts)
        yield path, b"[%s]\n" % ",".join(_row(name, artifact) for name, artifact in rows).encode() if rows else b""


def artifacts_from(files: Mapping[bytes, bytes]) -> tuple[Artifact, ...]:
    """The inverse of `files_of`; other files are left alone.

    Raises
    ------
    ValueError, KeyError, TypeError : the files do not hold artifacts.
    """
    found = list(from_plain(tuple[Artifact, ...], json.load(files[OUTSIDE_FILE]))) if OUTSIDE_FILE in files else []
    for path, data in files.items():
        if path.startswith(ROOT + b"/"):
            folder = "".join(f"{part}/" for part in parts_of(path))
            if folder:
                _split(f"{folder}-")
            found.extend(_artifact(folder, row) for row in _rows(data))
    return tuple(sorted(found, key=attrgetter("path")))


class _Row(msgspec.Struct):
    """An artifact within its folder."""

    name: str
    role: Role
    access: Access
    digest: Digest | None
    size: int
    mode: int
    mtime_ns: int
    state: State = State.STORED
    reason: str = ""


_decoder = msgspec.json.Decoder(list[_Row])


def _row(name: str, item: Artifact) -> str:
    """Canonical JSON of an artifact (see `codec.json.dump`), written out because there may be very many."""
    digest = "null" if item.digest is None else f'"{item.digest}"'
    return (f'{{"access":"{item.access}","digest":{digest},"mode":{item.mode},"mtime_ns":{item.mtime_ns},'
            f'"name":{quoted(name)},"reason":{quoted(item.reason)},"role":"{item.role}","size":{item.size},'
            f'"state":"{item.state}"}}')


def _rows(data: bytes) -> list[_Row]:
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):  # a name that is no Unicode, or no artifacts at all
        return from_plain(list[_Row], json.load(data))


def _artifact(folder: str, row: _Row) -> Artifact:
    name = row.name
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        _split(folder + name)
        raise ValueError(name)
    return Artifact(folder + name, row.role, row.access, row.digest, row.size, row.mode, row.mtime_ns, row.state,
                    row.reason)


def _split(path: str) -> tuple[tuple[str, ...], str]:
    *folder, name = path.split("/")
    if not name or any(part in ("", ".", "..") for part in (*folder, name)) or "\0" in path:
        message = f"{path!r} is not a path inside the workspace"
        raise OutsideWorkspace(message)
    return tuple(folder), name


def parts_of(path: bytes) -> tuple[str, ...]:
    """The workspace folder, part by part, that the file at `path` of a commit's tree lists.

    Raises
    ------
    ValueError : it lists none.
    """
    *steps, last = path.split(b"/")[1:]
    if last != FILES or len(steps) % 2 or any(step != _CHILDREN for step in steps[::2]):
        message = f"{path!r} is not a file of a version"
        raise ValueError(message)
    return tuple(unescape(step) for step in steps[1::2])
