"""The verbs that change nothing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.version import WORKSPACE_SIDE
from jupyter_mlversion.repository.workspace import workspace_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.comparison import Comparison
    from jupyter_mlversion.domain.difference import Difference
    from jupyter_mlversion.domain.direction import Directions
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.repository.comparing import Comparer
    from jupyter_mlversion.repository.find import Finder
    from jupyter_mlversion.repository.found import Found
    from jupyter_mlversion.repository.holdings import ArtifactDifference, Held, Holdings
    from jupyter_mlversion.repository.inspect import Detail, Inspector, Status
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.listing import Listings
    from jupyter_mlversion.repository.present import Present
    from jupyter_mlversion.repository.staging import Staging
    from jupyter_mlversion.store import Store

_FULL = 40
"""Characters of a full id."""


class Looks:
    """What a repository can be asked; see `Repository`."""

    root: Path
    store: Store
    history: History
    index: Index
    staging: Staging
    lines: Lines
    config: Config
    _present: Present

    @cached_property
    def finder(self) -> Finder:
        """Answers queries."""
        from jupyter_mlversion.repository.find import Finder

        return Finder(self.history, self.index)

    @cached_property
    def directions(self) -> Directions:
        """Which way metrics improve in this workspace."""
        from jupyter_mlversion.domain.direction import Directions

        return Directions(self.config.lower_is_better, self.config.higher_is_better)

    @cached_property
    def listings(self) -> Listings:
        """Lists of versions with the graph beside them."""
        from jupyter_mlversion.repository.listing import Listings

        return Listings(self.history, self.index, self.finder, self.directions)

    @cached_property
    def _inspector(self) -> Inspector:
        from jupyter_mlversion.repository.inspect import Inspector

        return Inspector(self.root, self.config, self.store, self.history, self.lines, self._present)

    def log(
        self,
        notebook: Path | str | None = None,
        *,
        line: str | None = None,
        limit: int | None = None,
        before: str | None = None,
        safety: bool = True,
        hidden: bool = False,
    ) -> list[Version]:
        """Versions, newest first: of one notebook, of one line, or all; deleted ones only if `hidden`."""
        self.index.refresh(self.history)
        line = line if notebook is None else self.line_of(notebook)
        if line is None and notebook is not None:
            return []
        return self.index.log(line=line, limit=limit, before=before, safety=safety, hidden=hidden)

    def find(
        self,
        query: str = "",
        notebook: Path | str | None = None,
        *,
        sort: str | None = None,
        descending: bool = True,
        limit: int | None = None,
        offset: int = 0,
        safety: bool = False,
        progress: Progress = silent,
    ) -> Found:
        """Versions that fit a query (``acc > 0.9 and branch == "main"``), of one notebook or all.

        Parameters
        ----------
        sort : a metric, parameter or field; None: newest first. Versions that lack it come last.
        limit, offset : a page of so many, after so many.

        Raises
        ------
        InvalidQuery, UsageError : the query, or the order, means nothing.
        """
        line = None if notebook is None else self.line_of(notebook)
        if line is None and notebook is not None:
            from jupyter_mlversion.repository.found import Found

            return Found((), 0)
        return self.finder.find(query, line=line, sort=sort, descending=descending, limit=limit, offset=offset,
                                safety=safety, progress=progress)

    def line_of(self, notebook: Path | str | None) -> str | None:
        """The line of a notebook (of None: ``workspace``); None when it has no version yet."""
        path = None if notebook is None else self.path_of(notebook)
        return self.lines.at(path) or self.lines.find(path)

    def resolve(self, version: str, *, notebook: Path | str | None = None) -> str:
        """The full id of the version that `version` names; ``HEAD`` and branches are those of the notebook's line.

        Without a notebook: of the only line, or of the line that got the newest version. A full id is looked up in the
        index alone: no branch and no tag can be called so.
        """
        if len(version) == _FULL:
            self.index.refresh(self.history)
            if self.index.version(version) is not None:
                return version
        line = self.line_of(notebook) if notebook is not None else self._newest_line()
        return self.history.resolve(version, line=line, begun=self._begun)

    def _begun(self, prefix: str) -> list[str]:
        self.index.refresh(self.history)
        return self.index.begun(prefix)

    def show(self, version: str, *, notebook: Path | str | None = None) -> Detail:
        """A version, whole."""
        full = self.resolve(version, notebook=notebook)
        return self._inspector.show(full, lacking=self.lacking([full]).get(full, ()))

    def diff(self, a: str, b: str | None = None, *, notebook: Path | str | None = None) -> Difference:
        """How `b` (default: the workspace) differs from `a`."""
        other = None if b is None else self.resolve(b, notebook=notebook)
        return self._inspector.difference(self.resolve(a, notebook=notebook), other)

    @cached_property
    def comparer(self) -> Comparer:
        """Answers what needs several states by their full ids; see `compare`."""
        from jupyter_mlversion.repository.comparing import Comparer

        return Comparer(self.history, self.lines, self._inspector, self.directions)

    def compare(
        self, versions: Sequence[str], *, differences_only: bool = False, notebook: Path | str | None = None
    ) -> Comparison:
        """Several versions side by side: metrics, parameters, environment, code, files, splits.

        Parameters
        ----------
        versions : 2 to 20, the first is what others are compared with; ``workspace`` is the workspace as it is.
        differences_only : leave out what is the same on all sides.
        notebook : whose ``HEAD`` and branches the names mean.

        Raises
        ------
        UsageError : too few, too many, or one twice.
        """
        return self.comparer.compare(self.sides(versions, notebook=notebook), differences_only=differences_only)

    def sides(self, versions: Sequence[str], *, notebook: Path | str | None = None) -> list[str]:
        """The full ids of versions; ``workspace`` stays."""
        return [side if side == WORKSPACE_SIDE else self.resolve(side, notebook=notebook) for side in versions]

    @cached_property
    def _holdings(self) -> Holdings:
        from jupyter_mlversion.repository.holdings import Holdings

        return Holdings(self.root, self.store, self.history, self._present)

    def held(self, version: str, path: str, *, notebook: Path | str | None = None) -> Held:
        """The bytes of the file of a version, or of the `workspace`, at a workspace path, to be read in parts.

        Raises
        ------
        UnknownPath : there is no such file.
        FileFailure : it has, but its bytes were not kept.
        """
        if version == WORKSPACE_SIDE:
            return self._holdings.present(self.path_of(path), path)
        return self._holdings.held(self.resolve(version, notebook=notebook), path)

    def artifact_sizes(
        self, a: str, b: str | None, path: str, *, notebook: Path | str | None = None
    ) -> tuple[int, int]:
        """Bytes of the two files that `artifact_difference` compares; 0 where there is none."""
        other = None if b in {None, WORKSPACE_SIDE} else self.resolve(b, notebook=notebook)
        return self._holdings.sizes(self.resolve(a, notebook=notebook), other, path)

    def artifact_difference(
        self, a: str, b: str | None, path: str, *, notebook: Path | str | None = None, key: str | None = None,
        limit: int = 100, progress: Progress = silent
    ) -> ArtifactDifference:
        """How the file at a workspace path in `b` (None: the workspace) differs from that in `a`, by what is inside.

        Parameters
        ----------
        key, limit : see `compare.inside.difference`.

        Raises
        ------
        UnknownPath : neither side has such a file.
        UsageError : the column `key` does not tell the rows apart.
        """
        other = None if b in {None, WORKSPACE_SIDE} else self.resolve(b, notebook=notebook)
        first = self.resolve(a, notebook=notebook)
        return self._holdings.difference(first, other, path, key=key, limit=limit, progress=progress)

    def status(self) -> Status:
        """Where the lines stand and what differs from them."""
        return self._inspector.status(len(self.staging.records()))

    def lacking(self, versions: Sequence[str]) -> dict[str, list[str]]:
        """Which of these versions, given by full id, lack bytes, and what of them: mostly workspace paths.

        As `verify`, `repair` and `undelete` found it; what was stored again since is left out.
        """
        known = self.index.lost(versions)
        nowhere = self.store.missing(item.digest for item in known) if known else set()
        lacking: dict[str, list[str]] = {}
        for item in known:
            if item.damaged or item.digest in nowhere:
                lacking.setdefault(item.version, []).append(item.path)
        return lacking

    def path_of(self, path: Path | str) -> str:
        """The workspace path of a path that is absolute or relative to the workspace."""
        return workspace_path(self.root, path)

    def _newest_line(self) -> str | None:
        newest = self.log(limit=1, safety=False)
        return newest[0].line if newest else None
