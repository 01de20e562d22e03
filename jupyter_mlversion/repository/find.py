"""Finding versions: by a query, sorted by anything that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.history import keeping
from jupyter_mlversion.query import FIELDS, Completions, Node, changes_asked, complete, field_before, parse
from jupyter_mlversion.repository.found import Found

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index

_AT_ONCE = 200


class Finder:
    """Answers queries from the index, which it brings up to date first."""

    def __init__(self, history: History, index: Index) -> None:
        self._history = history
        self._index = index

    def find(
        self,
        query: str,
        *,
        line: str | None,
        sort: str | None,
        descending: bool,
        limit: int | None,
        offset: int,
        safety: bool,
        progress: Progress,
    ) -> Found:
        """See `Repository.find`; `line` is None for all."""
        node = self.prepared(query, progress)
        versions, total = self._index.search(
            node, line=line, sort=sort and self.sortable(sort), descending=descending, limit=limit, offset=offset,
            safety=safety,
        )
        return Found(tuple(versions), total)

    def count(self, query: str, *, line: str | None, safety: bool, progress: Progress = silent) -> int:
        """How many versions fit a query; see `find`."""
        return self._index.count(self.prepared(query, progress), line=line, safety=safety)

    def names(self) -> list[tuple[str, str, int]]:
        """The metrics and parameters that versions have: name, ``metric`` or ``param``, of how many; sorted."""
        self._index.refresh(self._history)
        return self._index.counted_names()

    def complete(self, query: str, place: int) -> Completions:
        """What could be written at `place` (characters from 0) of a query."""
        self._index.refresh(self._history)
        metrics, params = self._index.names()
        return complete(query, place, names={*metrics, *params}, values=self._values(field_before(query, place)))

    def prepared(self, query: str, progress: Progress = silent) -> Node:
        """The meaning of a query, with the index up to date and knowing whatever the query asks for."""
        self._index.refresh(self._history)
        return self.meaning(query, progress)

    def meaning(self, query: str, progress: Progress = silent, among: Collection[str] | None = None) -> Node:
        """As `prepared`, of an index that is up to date.

        Parameters
        ----------
        among : the versions that may be new since the index knew whatever this query asks for; None: all.
        """
        node = parse(query)
        if changes_asked(node):
            self._learn_changes(progress, among)
        return node

    def sortable(self, name: str) -> str:
        """A field as the index knows it: what is no field of every version is a metric, else a parameter."""
        if name in FIELDS or name.startswith(("metric.", "param.")):
            return name
        metrics, params = self._index.names()
        return f"param.{name}" if name in params and name not in metrics else f"metric.{name}"

    def _values(self, field: str | None) -> set[str]:
        """Texts that a field, or a parameter, has."""
        if field is None or (field in FIELDS and FIELDS[field].kind != "text"):
            return set()
        return set(self._index.texts(field if field in FIELDS else f"param.{field.removeprefix('param.')}"))

    def _learn_changes(self, progress: Progress, among: Collection[str] | None) -> None:
        """Read from the history which files each version changed, once for every version."""
        unknown = self._index.unknown_changes(among)
        with keeping():
            for start in range(0, len(unknown), _AT_ONCE):
                progress("looking at files", start, len(unknown))
                self._index.fill_changes(self._history.changes(unknown[start : start + _AT_ONCE]))
