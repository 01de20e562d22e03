"""Folders of the workspace as folders of a commit's tree, so that any name of a user's is possible."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.artifact import Artifact
from jupyter_mlversion.errors import OutsideWorkspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = b"artifacts"
OUTSIDE = b"outside.json"
_FILES = b"files.json"
_CHILDREN = b"in"

# A dot is plain only after a letter or digit: no name can then look like Git's own folder, to any file system.
_ODD = re.compile(rb"[^A-Za-z0-9 _.\x80-\xff-]|(?<![A-Za-z0-9])\.|\.(?=$)")


def is_outside(path: str) -> bool:
    """Whether an artifact's path is absolute: of a file outside of the workspace."""
    return path.startswith("/") or re.match(r"[A-Za-z]:[\\/]", path) is not None


def escape(name: str) -> bytes:
    """The name of a user's folder as a name in a commit's tree."""
    return _ODD.sub(lambda match: b"%%%02X" % match[0][0], name.encode("utf-8", "surrogateescape"))


def unescape(name: bytes) -> str:
    """The inverse of `escape`."""
    plain = re.sub(rb"%([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), name)
    return plain.decode("utf-8", "surrogateescape")


def files_of(artifacts: tuple[Artifact, ...]) -> Iterator[tuple[bytes, bytes]]:
    """The files of a commit's tree, path and bytes, that hold `artifacts`.

    Raises
    ------
    OutsideWorkspace : a path could lead out of the workspace.
    """
    outside = [artifact for artifact in artifacts if is_outside(artifact.path)]
    if outside:
        yield OUTSIDE, json.dump(to_plain(outside))
    inside = sorted((_split(artifact.path), artifact) for artifact in artifacts if not is_outside(artifact.path))
    for folder, group in groupby(inside, key=lambda item: item[0][0]):
        rows = [{**to_plain(artifact), "name": name} for (_, name), artifact in group]
        for row in rows:
            del row["path"]
        steps = b"".join(b"/" + _CHILDREN + b"/" + escape(part) for part in folder)
        yield ROOT + steps + b"/" + _FILES, json.dump(rows)


def artifacts_from(files: Mapping[bytes, bytes]) -> tuple[Artifact, ...]:
    """The inverse of `files_of`; other files are left alone.

    Raises
    ------
    ValueError, KeyError, TypeError : the files do not hold artifacts.
    """
    plain: list[Any] = json.load(files[OUTSIDE]) if OUTSIDE in files else []
    for path, data in files.items():
        if path.startswith(ROOT + b"/"):
            folder = _folder(path)
            for row in json.load(data):
                row["path"] = "/".join((*folder, row.pop("name")))
                _split(row["path"])
                plain.append(row)
    artifacts = from_plain(tuple[Artifact, ...], plain)
    return tuple(sorted(artifacts, key=lambda artifact: artifact.path))


def _split(path: str) -> tuple[tuple[str, ...], str]:
    *folder, name = path.split("/")
    if not name or any(part in ("", ".", "..") for part in (*folder, name)) or "\0" in path:
        message = f"{path!r} is not a path inside the workspace"
        raise OutsideWorkspace(message)
    return tuple(folder), name


def _folder(path: bytes) -> tuple[str, ...]:
    *steps, last = path.split(b"/")[1:]
    if last != _FILES or len(steps) % 2 or any(step != _CHILDREN for step in steps[::2]):
        message = f"{path!r} is not a file of a version"
        raise ValueError(message)
    return tuple(unescape(step) for step in steps[1::2])
