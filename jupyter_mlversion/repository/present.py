"""What the workspace holds right now."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store import digest_of_bytes, digest_of_file

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.index import Index


Looks = Mapping[str, tuple[os.stat_result, "Digest"]]
"""By path, the status of files of which the stat cache knows the digest."""

_OLD = 2_000_000_000
"""Nanoseconds after which the time of a file is surely past, on file systems that keep whole seconds, too."""


class Present:
    """Digests of the files in the workspace, unchanged ones from the stat cache.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self._root = root
        self._base = os.fspath(root)
        self._index = index

    def digest(self, path: str) -> Digest | None:
        """The digest of the file at a workspace path (of a symbolic link: of its target's text), or None.

        Raises
        ------
        FileFailure : it is neither a regular file nor a symbolic link, or cannot be read.
        """
        absolute = self._root / path
        try:
            status = absolute.lstat()
            if stat.S_ISLNK(status.st_mode):
                return digest_of_bytes(os.fsencode(absolute.readlink()))
            if stat.S_ISDIR(status.st_mode):
                return None
            if not stat.S_ISREG(status.st_mode):
                message = f"{path} is not a regular file"
                raise FileFailure(message)
            return self._index.digest_for(path, status) or self._read(absolute)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}"
            raise FileFailure(message) from error

    def digests(self, paths: Iterable[str]) -> dict[str, Digest | None]:
        """`digest` of many paths, the stat cache being asked once.

        Returns
        -------
        A path of which `digest` would raise is left out.
        """
        found: dict[str, Digest | None] = {}
        files: dict[str, os.stat_result] = {}
        for path in paths:
            with suppress(FileFailure):
                status = self._stat(path)
                if status is not None and stat.S_ISREG(status.st_mode):
                    files[path] = status
                else:
                    found[path] = self.digest(path)
        known = self._index.digests_for(files.items())
        for path in files:
            with suppress(FileFailure):
                found[path] = known.get(path) or self.digest(path)
        return found

    def known(self, path: str, status: os.stat_result) -> Digest | None:
        """The digest of the file at a workspace path that looks like `status`, without reading it; None: not known."""
        return self._index.digest_for(path, status)

    def looks(self, artifacts: Iterable[Artifact]) -> Looks:
        """What a look at the files of `artifacts` tells without reading any."""
        statuses: dict[str, os.stat_result] = {}
        for artifact in artifacts:
            path = artifact.path
            if path not in statuses and not path.startswith("/"):
                with suppress(FileFailure):
                    status = self._stat(path)
                    if status is not None and stat.S_ISREG(status.st_mode):
                        statuses[path] = status
        known = self._index.digests_for(statuses.items())
        return {path: (statuses[path], digest) for path, digest in known.items()}

    def remember(self, restored: Iterable[Artifact]) -> None:
        """Let the stat cache know files that a restore just wrote, with the times that they have in the version.

        Whoever writes such a file since leaves another time of modification: that the restore itself changed the other
        times a moment ago makes the file no less certain.
        """
        now = time.time_ns()
        rows = []
        for artifact in restored:
            with suppress(FileFailure):
                status = self._stat(artifact.path)
                if status is not None and artifact.digest is not None and _is_restored(status, artifact, now):
                    rows.append((artifact.path, status, artifact.digest))
        self._index.remember_many(rows, at_ns=now + 2 * _OLD)

    def _stat(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(f"{self._base}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}"
            raise FileFailure(message) from error

    def artifacts(self, known: Iterable[Artifact]) -> Iterator[Artifact]:
        """`known` as the files are now, without those that are gone; what is outside or cannot be read is as it was."""
        listed = list(known)
        digests = self.digests(artifact.path for artifact in listed if not artifact.path.startswith("/"))
        for artifact in listed:
            if artifact.path not in digests:
                yield artifact
                continue
            digest = digests[artifact.path]
            with suppress(FileFailure):
                status = self._stat(artifact.path) if digest is not None else None
                if status is not None:
                    yield replace(artifact, digest=digest, size=status.st_size, mode=status.st_mode,
                                  mtime_ns=status.st_mtime_ns)

    def why_not_keepable(self, path: str) -> str:
        """Why the present bytes at `path` could not be put into the store; empty when they can."""
        absolute = self._root / path
        try:
            status = absolute.lstat()
        except OSError:
            return ""
        if stat.S_ISLNK(status.st_mode):
            return ""
        if not stat.S_ISREG(status.st_mode):
            return "what is there now is not a regular file"
        return "" if os.access(absolute, os.R_OK) else "what is there now cannot be read, so it cannot be kept"

    def _read(self, absolute: Path) -> Digest:
        descriptor = os.open(absolute, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return digest_of_file(descriptor)
        finally:
            os.close(descriptor)


def _is_restored(status: os.stat_result, artifact: Artifact, now: int) -> bool:
    """Whether the file has size and time of the artifact, and that time cannot be the one of a later change."""
    same = (status.st_size, status.st_mtime_ns) == (artifact.size, artifact.mtime_ns)
    return same and stat.S_ISREG(status.st_mode) and artifact.mtime_ns < now - _OLD


def unchanged(artifacts: Iterable[Artifact], looks: Looks) -> dict[str, Artifact]:
    """Those of the stored `artifacts`, by path, whose files are the same, with the times that these have."""
    same = {}
    for artifact in artifacts:
        if artifact.path in looks and artifact.state == State.STORED:
            status, digest = looks[artifact.path]
            if digest == artifact.digest and status.st_mode == artifact.mode:
                time_ns = status.st_mtime_ns
                same[artifact.path] = artifact if artifact.mtime_ns == time_ns else replace(artifact, mtime_ns=time_ns)
    return same
