"""Single files of versions, and of the workspace: their bytes, and how two states of one differ."""

from __future__ import annotations

import os
import stat
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.capture.tree import Tree
from jupyter_mlversion.compare.inside import Source, StoredSource, difference
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure, UnknownPath
from jupyter_mlversion.store.source import FileSource

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.present import Present
    from jupyter_mlversion.store import Store


@dataclass(frozen=True, slots=True)
class Held:
    """A file with its bytes; the digest where it is known."""

    size: int
    digest: Digest | None
    source: Source


@dataclass(frozen=True, slots=True)
class Side:
    """One state of a file: bytes, and digest where it is known."""

    size: int
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class ArtifactDifference:
    """How two states of a file differ.

    Parameters
    ----------
    path : of the file, in the workspace.
    change : None when nothing was changed.
    before, after : None where there is none.
    inside : what differs in it, in the terms of what it is (see `compare.inside.difference`); empty when nothing does,
        or one side lacks it.
    """

    path: str
    change: Change | None
    before: Side | None
    after: Side | None
    inside: dict[str, Any] = field(default_factory=dict)


class Holdings:
    """Answers what is in single files; changes nothing.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path, store: Store, history: History, present: Present) -> None:
        self._root = root
        self._store = store
        self._history = history
        self._present = present

    def held(self, version: str, path: str) -> Held:
        """The artifact of a version (full id) with its bytes.

        Raises
        ------
        UnknownPath : the version has none there.
        FileFailure : its bytes were not kept.
        """
        artifact = self._history.snapshot(version).artifact(path)
        if artifact is None or artifact.is_absent:
            message = f"the version {version[:8]} has no file {path}"
            raise UnknownPath(message, hint="Its files are listed by: mlversion show")
        return Held(artifact.size, artifact.digest, self._source(artifact))

    def present(self, path: str, named: str) -> Held:
        """The file of the workspace at a workspace path.

        Raises
        ------
        UnknownPath : there is no regular file.
        FileFailure : it cannot be read.
        """
        descriptor = self._descriptor(path)
        if descriptor is None:
            message = f"the workspace has no file {named}"
            raise UnknownPath(message)
        source = FileSource(descriptor)
        weakref.finalize(source, os.close, descriptor)
        return Held(source.size, None, source)

    def sizes(self, a: str, b: str | None, path: str) -> tuple[int, int]:
        """Bytes of the file in version `a` and in `b` (None: the workspace); full ids; 0 where there is none."""
        before = self._known(a, path)
        if b is not None:
            after = self._known(b, path)
            return before.size if before else 0, after.size if after else 0
        with self._in_workspace(path) as source:
            return before.size if before else 0, source.size if source else 0

    def difference(
        self, a: str, b: str | None, path: str, *, key: str | None, limit: int, progress: Progress = silent
    ) -> ArtifactDifference:
        """How the file in version `b` (None: the workspace) differs from that in version `a`; full ids.

        Raises
        ------
        UnknownPath : neither side has it.
        FileFailure : bytes of a side were not kept, or cannot be read.
        """
        before = self._known(a, path)
        compare = partial(difference, path=path, key=key, limit=limit, progress=progress)
        if b is not None:
            after = self._known(b, path)
            side = None if after is None else Side(after.size, after.digest)
            return self._between(path, before, side, None if after is None else self._source(after), compare)
        with self._in_workspace(path) as source:
            side = None if source is None else Side(source.size, self._present.digest(path))
            return self._between(path, before, side, source, compare)

    def _between(
        self, path: str, before: Artifact | None, after: Side | None, source: Source | None,
        compare: Callable[[Source, Source], dict[str, Any]],
    ) -> ArtifactDifference:
        if before is None and after is None:
            message = f"neither side has a file {path}"
            raise UnknownPath(message)
        one = None if before is None else Side(before.size, before.digest)
        if before is None or one is None or after is None or source is None:
            return ArtifactDifference(path, Change.ADDED if before is None else Change.REMOVED, one, after)
        if one.digest is not None and one.digest == after.digest:
            return ArtifactDifference(path, None, one, after)
        return ArtifactDifference(path, Change.MODIFIED, one, after, compare(self._source(before), source))

    def _known(self, version: str, path: str) -> Artifact | None:
        artifact = self._history.snapshot(version).artifact(path)
        return None if artifact is None or artifact.is_absent else artifact

    def _source(self, artifact: Artifact) -> Source:
        if artifact.digest is None or not artifact.is_held:
            message = f"the bytes of {artifact.path} were not kept: {artifact.reason or artifact.state.value}"
            raise FileFailure(message, hint="What is kept of which files is said in mlversion.toml.")
        return StoredSource(self._store, artifact.digest)

    def _descriptor(self, path: str) -> int | None:
        """The regular file at a workspace path, open, whatever links lie there; None when there is none."""
        try:
            with Tree(self._root) as tree, suppress(FileNotFoundError, NotADirectoryError):
                place = tree.locate(path)
                if not place.outside and stat.S_ISREG(tree.stat(place.path).st_mode):
                    return tree.open(place.path)
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}"
            raise FileFailure(message) from error
        return None

    @contextmanager
    def _in_workspace(self, path: str) -> Iterator[FileSource | None]:
        """The regular file at a workspace path; None when there is none."""
        descriptor = self._descriptor(path)
        try:
            yield None if descriptor is None else FileSource(descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)
