"""Files of the workspace become artifacts: their bytes stored, or the reason why not."""

from __future__ import annotations

import errno
import io
import os
import stat
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.capture.find import Found, find, look
from jupyter_mlversion.capture.guides import Guides
from jupyter_mlversion.capture.policy import Kept, Policy
from jupyter_mlversion.capture.role import role_of
from jupyter_mlversion.capture.tree import Tree, kind_of
from jupyter_mlversion.capture.writer import has_writer
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.listing import Facts
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store import digest_of_bytes, digest_of_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.listing import Listing, Status
    from jupyter_mlversion.store import Content
    from jupyter_mlversion.store.plan.beside import Beside

_OUTSIDE = "outside the workspace: only its digest is kept; to keep its bytes, move it into the workspace"
_UNSTABLE = "changed while it was read: the stored bytes may be a mixture; checkpoint again when nothing writes it"
_WHOLE = 1 << 16
"""Bytes below which a file is read at once to tell its role."""

_MOST_ROLES = 100_000
_roles: dict[tuple[Digest, str, Access], Role] = {}
"""Roles that were told before, so that unchanged files need not be opened again."""


class Batch(Protocol):
    """What capturing needs of a batch of the store."""

    def put_file(self, fd: int, progress: Progress, beside: Beside | None, /) -> Content:
        """Store the bytes of an open file."""

    def put_bytes(self, data: bytes, /) -> Content:
        """Store bytes."""


class Holdings(Protocol):
    """What capturing needs of the store besides."""

    def missing(self, digests: Iterable[Digest], /) -> set[Digest]:
        """Those that the store does not hold."""


class StatCache(Protocol):
    """What capturing needs of the index."""

    def digests_for(self, files: Iterable[tuple[str, Status]], /) -> dict[str, Digest]:
        """The digests of those files that looked the same when they were read."""

    def remember_many(self, files: Iterable[tuple[str, Status, Digest]], /, *, at_ns: int | None,
                      listings: Mapping[str, Listing]) -> None:
        """Keep digests for next time."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the files before they are captured; of use for many.

    Parameters
    ----------
    listings : by folder, what was found in it since `at_ns`; such files are not looked at once more.
    digests : folder → name → digest, of those of them that look as they did when they were read.
    artifacts : by path, what the files were in the parent version: an unchanged one has its role.
    at_ns : nanoseconds since the epoch; now when it is None.
    """

    listings: Mapping[str, Listing] = field(default_factory=dict)
    digests: Mapping[str, Mapping[str, Digest]] = field(default_factory=dict)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    at_ns: int | None = None


def capture(root: Path, wanted: Mapping[str, Access], batch: Batch, *, store: Holdings, config: Config,  # noqa: PLR0913
            index: StatCache, before: Before = Before(), unlimited: bool = False,
            progress: Progress = silent) -> list[Artifact]:
    """The artifacts of the files at the paths `wanted`, their bytes put into `batch`.

    A symbolic link is recorded as such. What was seen (not only tracked) through a link is recorded as well, under
    the path where it really is. Whatever is gone, is a folder, or belongs to Git or to us is left out; `Ignore` is
    the caller's to ask.

    Parameters
    ----------
    wanted : workspace paths, or absolute ones, and what was seen of each.
    store : tells which digests it lacks; what it holds, unchanged on disk, is not read again.
    before : what is known already.
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
        started = time.time_ns() if before.at_ns is None else before.at_ns
        found = find(tree, wanted, before.listings)
        known = _known(index, found, before)
        lost = store.missing(known.values())
        total = sum(item.stat.st_size for item in found.values() if item.stat is not None)
        reader = _Reader(tree, batch, _Past(known, lost, before.artifacts), Policy(config, unlimited=unlimited),
                         Guides(tree, found), progress, total)
        captured = [reader.artifact(found[path]) for path in sorted(found)]
        index.remember_many(reader.fresh, at_ns=started, listings=before.listings)
        return [artifact for artifact in captured if artifact is not None]


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of files that did not change.

    Parameters
    ----------
    digests : by path, of those that look as they did when they were read.
    lost : digests whose bytes the store does not hold.
    artifacts : by path, as the parent version has them.
    """

    digests: Mapping[str, Digest]
    lost: Container[Digest]
    artifacts: Mapping[str, Artifact]


def _known(index: StatCache, found: Mapping[str, Found], before: Before) -> dict[str, Digest]:
    """The digests of those files that look as they did when they were read."""
    listed, rest = {}, []
    for path, item in found.items():
        if isinstance(item.stat, Facts):
            folder, _, name = path.rpartition("/")
            digest = before.digests.get(folder, {}).get(name)
            if digest is not None:
                listed[path] = digest
        elif item.stat is not None:
            rest.append((path, item.stat))
    return listed | index.digests_for(rest)


class _Reader:
    """Reads what was found, one file after the other; `fresh` holds what the index should remember."""

    def __init__(self, tree: Tree, batch: Batch, past: _Past, policy: Policy, guides: Guides,
                 progress: Progress, total: int) -> None:
        self.fresh: list[tuple[str, Status, Digest]] = []
        self._tree = tree
        self._batch = batch
        self._past = past
        self._policy = policy
        self._guides = guides
        self._progress = progress
        self._total = total
        self._done = 0

    def artifact(self, found: Found) -> Artifact | None:
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

    def _still(self, found: Found) -> bool:
        return look(self._tree, found.place, found.access) is not None

    def _link(self, found: Found, status: Status) -> Artifact:
        path, outside = found.place.path, found.place.outside
        target = os.fsencode(os.readlink(path) if outside else self._tree.target(path))
        digest = digest_of_bytes(target) if outside else self._batch.put_bytes(target).digest
        return Artifact(path, Role.OTHER, found.access, digest, len(target), status.st_mode, status.st_mtime_ns,
                        State.DIGEST_ONLY if outside else State.STORED, _OUTSIDE if outside else "")

    def _kept(self, found: Found, size: int) -> Kept:
        if found.place.outside:
            return Kept(State.DIGEST_ONLY, _OUTSIDE)
        return self._policy.kept(found.place.path, size)

    def _known(self, found: Found, status: Status) -> Artifact | None:
        """The artifact of a file that did not change since it was last read and whose bytes are held."""
        path = found.place.path
        digest = self._past.digests.get(path)
        if digest is None:
            return None
        kept = self._kept(found, status.st_size)
        if digest in self._past.lost and not kept.reason:
            return None
        old = self._past.artifacts.get(path)
        if old is None or old.digest != digest or old.access != found.access:
            known = _roles.get((digest, path, found.access))
            role = self._role_anew(found, digest) if known is None else known
            return _artifact(found, status, role, digest, status.st_size, kept)
        same = (old.mtime_ns, old.mode, old.state, old.reason) == (
            status.st_mtime_ns, status.st_mode, kept.state, kept.reason)
        return old if same else _artifact(found, status, old.role, digest, status.st_size, kept)

    def _role_anew(self, found: Found, digest: Digest) -> Role:
        fd = self._open(found)
        try:
            return self._role(fd, found, digest)
        finally:
            os.close(fd)

    def _read(self, found: Found) -> Artifact:
        fd = self._open(found)
        try:
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):  # swapped since it was found
                return _unread(found, "cannot be read: it is no regular file any more")
            certain = not has_writer(fd)  # asked before reading: a mapping that is made later changes the times
            kept = self._kept(found, before.st_size)
            small = None if kept.reason else self._small(fd, before)
            if small is not None:
                content = self._batch.put_bytes(small)
                digest, size, stable, after = content.digest, content.size, True, before
            else:
                digest, size, stable = self._digest(fd, found, kept.reason, before)
                after = os.fstat(fd)
            if certain and stable and _same(before, after):
                self.fresh.append((found.place.path, before, digest))
            artifact = _artifact(found, after, self._role(fd, found, digest, small), digest, size, kept)
        finally:
            os.close(fd)
        # A file that changed after it was read was captured as it was; its new time goes with the new bytes.
        return artifact if stable or kept.reason else replace(artifact, state=State.UNSTABLE, reason=_UNSTABLE)

    @staticmethod
    def _small(fd: int, before: os.stat_result) -> bytes | None:
        """All bytes of a small file that held still, with fewer calls of the OS than the store needs; else None."""
        if before.st_size >= _WHOLE:
            return None
        data = os.pread(fd, _WHOLE, 0)
        return data if len(data) == before.st_size and _same(before, os.fstat(fd)) else None

    def _digest(self, fd: int, found: Found, reason: str, before: os.stat_result) -> tuple[Digest, int, bool]:
        """Digest, size, and whether the file held still; its bytes are stored when there is no `reason` not to."""
        try:
            if not reason:
                content = self._batch.put_file(fd, self._part, self._guides.beside(found.place.path))
                return content.digest, content.size, content.stable
            digest = digest_of_file(fd, self._part)
        except FileFailure as error:
            if _is_readable(fd):  # then it is the store that failed
                raise
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from error
        return digest, before.st_size, _same(before, os.fstat(fd))

    def _open(self, found: Found) -> int:
        if not found.place.outside:
            return self._tree.open(found.place.path)
        return os.open(found.place.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)

    def _role(self, fd: int, found: Found, digest: Digest, head: bytes | None = None) -> Role:
        """The role, from the first bytes of the file where they are known already."""
        if head is None:
            head = os.pread(fd, _WHOLE, 0)
        if len(head) < _WHOLE:  # all of it: one call of the OS instead of several
            role = role_of(found.place.path, io.BytesIO(head), found.access)
        else:
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


def _artifact(found: Found, status: Status, role: Role, digest: Digest, size: int, kept: Kept) -> Artifact:
    return Artifact(found.place.path, role, found.access, digest, size, status.st_mode, status.st_mtime_ns,
                    kept.state, kept.reason)


def _unread(found: Found, reason: str) -> Artifact:
    status = found.stat
    return Artifact(found.place.path, Role.OTHER, found.access, None, status.st_size if status else 0,
                    status.st_mode if status else 0, status.st_mtime_ns if status else 0, State.DIGEST_ONLY, reason)


def _same(a: Status, b: Status) -> bool:
    return (a.st_size, a.st_mtime_ns, a.st_ctime_ns, a.st_ino) == (b.st_size, b.st_mtime_ns, b.st_ctime_ns, b.st_ino)
