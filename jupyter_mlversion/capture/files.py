"""Files of the workspace become artifacts: their bytes stored, or the reason why not."""

from __future__ import annotations

import errno
import os
import stat
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.capture.ignore import never
from jupyter_mlversion.capture.policy import Kept, Policy
from jupyter_mlversion.capture.role import role_of
from jupyter_mlversion.capture.tree import Place, Tree, kind_of
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store import digest_of_bytes, digest_of_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.store import Content

_OUTSIDE = "outside the workspace: only its digest is kept; to keep its bytes, move it into the workspace"
_UNSTABLE = "changed while it was read: the stored bytes may be a mixture; checkpoint again when nothing writes it"
_MOST_ROLES = 100_000
_roles: dict[tuple[Digest, str, Access], Role] = {}
"""Roles that were told before, so that unchanged files need not be opened again."""


class Batch(Protocol):
    """What capturing needs of a batch of the store."""

    def put_file(self, fd: int, progress: Progress, /) -> Content:
        """Store the bytes of an open file."""

    def put_bytes(self, data: bytes, /) -> Content:
        """Store bytes."""


class StatCache(Protocol):
    """What capturing needs of the index."""

    def digests_for(self, files: Iterable[tuple[str, os.stat_result]], /) -> dict[str, Digest]:
        """The digests of those files that looked the same when they were read."""

    def remember_many(self, files: Iterable[tuple[str, os.stat_result, Digest]], /, *, at_ns: int | None) -> None:
        """Keep digests for next time."""


def capture(root: Path, wanted: Mapping[str, Access], batch: Batch, *, store: Container[Digest], config: Config,
            index: StatCache, unlimited: bool = False, progress: Progress = silent) -> list[Artifact]:
    """The artifacts of the files at the paths `wanted`, their bytes put into `batch`.

    A symbolic link is recorded as such. What was seen (not only tracked) through a link is recorded as well, under
    the path where it really is. Whatever is gone, is a folder, or belongs to Git or to us is left out; `Ignore` is
    the caller's to ask.

    Parameters
    ----------
    wanted : workspace paths, or absolute ones, and what was seen of each.
    store : tells which digests it holds; what it holds, unchanged on disk, is not read again.
    unlimited : keep all bytes, whatever `Policy` says (before a restore, nothing may be lost).
    progress : told the bytes that were read.

    Returns
    -------
    Sorted by path. A digest-only artifact says in its `reason` why its bytes are not kept.

    Raises
    ------
    DiskFull, QuotaReached, Cancelled : as the store and `progress` do.
    FileFailure : the workspace cannot be opened, or the store not be written.
    """
    try:
        tree = Tree(root)
    except OSError as error:
        message = f"the workspace {root} cannot be opened: {error.strerror}"
        raise FileFailure(message) from error
    with tree:
        started = time.time_ns()
        found = _find(tree, wanted)
        known = index.digests_for([(path, item.stat) for path, item in found.items() if item.stat is not None])
        total = sum(item.stat.st_size for item in found.values() if item.stat is not None)
        reader = _Reader(tree, batch, store, known, Policy(config, unlimited=unlimited), progress, total)
        captured = [reader.artifact(found[path]) for path in sorted(found)]
        index.remember_many(reader.fresh, at_ns=started)
        return [artifact for artifact in captured if artifact is not None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A path that exists; `stat` is None when even that may not be read."""

    place: Place
    access: Access
    stat: os.stat_result | None


def _find(tree: Tree, wanted: Mapping[str, Access]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    pending = [(tree.locate(path), access) for path, access in sorted(wanted.items()) if "\0" not in path]
    while pending:
        place, access = pending.pop()
        pending.extend((Place(link), access) for link in place.links)
        known = found.get(place.path)
        if known is not None:
            access = known.access.joined(access)
            if access == known.access:
                continue
        item = _look(tree, place, access)
        if item is None:
            continue
        found[place.path] = item
        if item.stat and stat.S_ISLNK(item.stat.st_mode) and access != Access.TRACKED and not place.outside:
            pending.extend((target, access) for target in _followed(tree, place))
    return found


def _look(tree: Tree, place: Place, access: Access) -> _Found | None:
    """The stat of a place; None when it is gone or none of ours."""
    if not place.path or (not place.outside and never(place.path)):
        return None
    try:
        status = os.lstat(place.path) if place.outside else tree.stat(place.path)
    except PermissionError:
        return _Found(place, access, None)
    except OSError:  # gone, or a folder on the way is none any more
        return None
    return None if stat.S_ISDIR(status.st_mode) else _Found(place, access, status)


def _followed(tree: Tree, place: Place) -> list[Place]:
    """Where a link leads that was seen to be used; folders need no entry."""
    try:
        return [tree.linked(place)]
    except OSError:
        return []


class _Reader:
    """Reads what was found, one file after the other; `fresh` holds what the index should remember."""

    def __init__(self, tree: Tree, batch: Batch, store: Container[Digest], known: Mapping[str, Digest],
                 policy: Policy, progress: Progress, total: int) -> None:
        self.fresh: list[tuple[str, os.stat_result, Digest]] = []
        self._tree = tree
        self._batch = batch
        self._store = store
        self._digests = known
        self._policy = policy
        self._progress = progress
        self._total = total
        self._done = 0

    def artifact(self, found: _Found) -> Artifact | None:
        """The artifact of a path; None when it went away meanwhile."""
        status = found.stat
        if status is None:
            return _unread(found, "cannot be read: permission denied")
        if kind := kind_of(status.st_mode):
            return _unread(found, f"is {kind}: only regular files and symbolic links can be kept")
        try:
            if stat.S_ISLNK(status.st_mode):
                return self._link(found, status)
            artifact = self._known(found, status) or self._read(found)
        except PermissionError:
            return _unread(found, "cannot be read: permission denied")
        except OSError as error:
            if isinstance(error, FileNotFoundError | NotADirectoryError) or not self._still(found):
                return None
            return _unread(found, f"cannot be read: {error.strerror}")
        self._done += status.st_size
        self._progress("reading files", self._done, max(self._done, self._total))
        return artifact

    def _still(self, found: _Found) -> bool:
        return _look(self._tree, found.place, found.access) is not None

    def _link(self, found: _Found, status: os.stat_result) -> Artifact:
        path, outside = found.place.path, found.place.outside
        target = os.fsencode(os.readlink(path) if outside else self._tree.target(path))
        digest = digest_of_bytes(target) if outside else self._batch.put_bytes(target).digest
        return Artifact(path, Role.OTHER, found.access, digest, len(target), status.st_mode, status.st_mtime_ns,
                        State.DIGEST_ONLY if outside else State.STORED, _OUTSIDE if outside else "")

    def _kept(self, found: _Found, size: int) -> Kept:
        if found.place.outside:
            return Kept(State.DIGEST_ONLY, _OUTSIDE)
        return self._policy.kept(found.place.path, size)

    def _known(self, found: _Found, status: os.stat_result) -> Artifact | None:
        """The artifact of a file that did not change since it was last read and whose bytes are held."""
        path = found.place.path
        digest = self._digests.get(path)
        kept = self._kept(found, status.st_size)
        if digest is None or not (kept.reason or digest in self._store):
            return None
        role = _roles.get((digest, path, found.access))
        if role is None:
            with open(self._open(found), "rb", buffering=0) as file:
                role = self._role(file.fileno(), found, digest)
        return _artifact(found, status, role, digest, status.st_size, kept)

    def _read(self, found: _Found) -> Artifact:
        fd = self._open(found)
        try:
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):  # swapped since it was found
                return _unread(found, "cannot be read: it is no regular file any more")
            kept = self._kept(found, before.st_size)
            digest, size, stable = self._digest(fd, kept.reason, before)
            after = os.fstat(fd)
            if stable and _same(before, after):
                self.fresh.append((found.place.path, before, digest))
            artifact = _artifact(found, after, self._role(fd, found, digest), digest, size, kept)
        finally:
            os.close(fd)
        # A file that changed after it was read was captured as it was; its new time goes with the new bytes.
        return artifact if stable or kept.reason else replace(artifact, state=State.UNSTABLE, reason=_UNSTABLE)

    def _digest(self, fd: int, reason: str, before: os.stat_result) -> tuple[Digest, int, bool]:
        """Digest, size, and whether the file held still; its bytes are stored when there is no `reason` not to."""
        try:
            if not reason:
                content = self._batch.put_file(fd, self._part)
                return content.digest, content.size, content.stable
            digest = digest_of_file(fd, self._part)
        except FileFailure as error:
            if _is_readable(fd):  # then it is the store that failed
                raise
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from error
        return digest, before.st_size, _same(before, os.fstat(fd))

    def _open(self, found: _Found) -> int:
        if not found.place.outside:
            return self._tree.open(found.place.path)
        return os.open(found.place.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)

    def _role(self, fd: int, found: _Found, digest: Digest) -> Role:
        with open(fd, "rb", buffering=0, closefd=False) as file:
            role = role_of(found.place.path, file, found.access)
        if len(_roles) >= _MOST_ROLES:
            _roles.clear()
        _roles[digest, found.place.path, found.access] = role
        return role

    def _part(self, _phase: str, done: int, _total: int, /) -> None:
        self._progress("reading files", self._done + done, max(self._done + done, self._total))


def _is_readable(fd: int) -> bool:
    try:
        digest_of_file(fd)
    except FileFailure:
        return False
    return True


def _artifact(found: _Found, status: os.stat_result, role: Role, digest: Digest, size: int, kept: Kept) -> Artifact:
    return Artifact(found.place.path, role, found.access, digest, size, status.st_mode, status.st_mtime_ns,
                    kept.state, kept.reason)


def _unread(found: _Found, reason: str) -> Artifact:
    status = found.stat
    return Artifact(found.place.path, Role.OTHER, found.access, None, status.st_size if status else 0,
                    status.st_mode if status else 0, status.st_mtime_ns if status else 0, State.DIGEST_ONLY, reason)


def _same(a: os.stat_result, b: os.stat_result) -> bool:
    return (a.st_size, a.st_mtime_ns, a.st_ctime_ns, a.st_ino) == (b.st_size, b.st_mtime_ns, b.st_ctime_ns, b.st_ino)
