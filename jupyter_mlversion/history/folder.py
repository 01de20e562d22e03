"""Folders of the workspace as folders of a commit's tree, so that any name of a user's is possible."""

from __future__ import annotations

import re
from itertools import chain
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.artifact import OUTSIDE, Access, Artifact, Folders, Role, State
from jupyter_mlversion.domain.digest import Digest  # noqa: TC001 - looked up when a row is read
from jupyter_mlversion.errors import OutsideWorkspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = b"artifacts"
OUTSIDE_FILE = b"outside.json"
FILES = b"files.json"
_CHILDREN = b"in"
_NAME = b',"name":"'

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
        start = len(folder) + 1 if folder else 0
        rows = sorted((_name(artifact.path, start), artifact) for artifact in artifacts)
        yield path, b"[%s]\n" % ",".join([_row(name, item) for name, item in rows]).encode() if rows else b""


def artifacts_from(files: Mapping[bytes, bytes]) -> tuple[Artifact, ...]:
    """The artifacts that the files of a commit's tree hold, sorted by path; errors as `folders_from`."""
    return tuple(sorted(chain.from_iterable(folders_from(files).values()), key=attrgetter("path")))


def folders_from(files: Mapping[bytes, bytes]) -> Folders:
    """The inverse of `files_of`; other files are left alone.

    Raises
    ------
    ValueError, KeyError, TypeError : the files do not hold artifacts.
    """
    found: Folders = {}
    if OUTSIDE_FILE in files:
        found[OUTSIDE] = from_plain(tuple[Artifact, ...], json.load(files[OUTSIDE_FILE]))
    for path, data in files.items():
        if path.startswith(ROOT + b"/"):
            folder = "/".join(parts_of(path))
            found[folder] = _inside(folder, data)
    return found


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


_decoder = msgspec.json.Decoder(tuple[Artifact, ...])


def _row(name: str, item: Artifact) -> str:
    """Canonical JSON of an artifact (see `codec.json.dump`), written out because there may be very many."""
    digest = "null" if item.digest is None else f'"{item.digest}"'
    return (f'{{"access":"{item.access}","digest":{digest},"mode":{item.mode},"mtime_ns":{item.mtime_ns},'
            f'"name":{quoted(name)},"reason":{quoted(item.reason)},"role":"{item.role}","size":{item.size},'
            f'"state":"{item.state}"}}')


def _inside(folder: str, data: bytes) -> tuple[Artifact, ...]:
    """The artifacts in the file of a folder."""
    prefix = f"{folder}/" if folder else ""
    if folder:
        _split(f"{prefix}-")
    try:
        # Within a text every quote has a backslash before it: this is found nowhere but before a name.
        found = _decoder.decode(data.replace(_NAME, b',"path":%s' % quoted(prefix)[:-1].encode()))
    except (msgspec.DecodeError, UnicodeDecodeError):  # a name that is no Unicode, another spelling, or no artifacts
        found = tuple(_artifact(prefix, row) for row in from_plain(list[_Row], json.load(data)))
    for artifact in found:
        _name(artifact.path, len(prefix))
        if not artifact.path.startswith(prefix):
            message = f"{artifact.path!r} is not in {folder!r}"
            raise ValueError(message)
    return found


def _artifact(prefix: str, row: _Row) -> Artifact:
    return Artifact(prefix + row.name, row.role, row.access, row.digest, row.size, row.mode, row.mtime_ns, row.state,
                    row.reason)


def _name(path: str, start: int) -> str:
    """The name in the path of an artifact, whose folder takes `start` characters."""
    name = path[start:]
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        message = f"{path!r} is not a path inside the workspace"
        raise OutsideWorkspace(message)
    return name


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
