"""Lists of versions as they are drawn: with the graph beside them, and what is best among them."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.domain.direction import BY_NAME
from jupyter_mlversion.domain.version import MAIN, Trigger
from jupyter_mlversion.history.lanes import rows, shown_parents
from jupyter_mlversion.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_mlversion.domain.direction import Directions
    from jupyter_mlversion.history import History
    from jupyter_mlversion.history.lanes import Row
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.index.nodes import Node
    from jupyter_mlversion.query import Node as Query
    from jupyter_mlversion.repository.find import Finder

K = TypeVar("K")
V = TypeVar("V")

_REMEMBERED = 4
"""Lists: of a notebook, of all, and of the last queries."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most of a metric over a list, and which of them is the better one, if that is known."""

    low: float
    high: float
    lower_is_better: bool | None


class Listing:
    """The versions that a query finds, newest first.

    Parameters
    ----------
    ids : of all of them, children before parents.
    nodes : of every version of the history.
    safeties : how many safety versions there are, listed or not.
    trunk : whether the branch that a line starts with has a lane of its own.
    directions : which way metrics improve.
    """

    def __init__(self, ids: Sequence[str], nodes: Mapping[str, Node], *, safeties: int, trunk: bool,
                 directions: Directions = BY_NAME) -> None:
        self.ids = ids
        self.safeties = safeties
        self._nodes = nodes
        self._directions = directions
        self._lock = threading.Lock()
        self._drawn: list[Row] = []
        main = (id_ for id_ in ids if nodes[id_].branch == MAIN) if trunk else iter(())
        self._ahead = rows(self._order(), trunk=next(main, None))
        self._ranges: dict[str, Range] | None = None

    def rows(self, offset: int, limit: int) -> list[Row]:
        """What is drawn beside some of the versions."""
        with self._lock:
            self._drawn.extend(islice(self._ahead, max(0, offset + limit - len(self._drawn))))
            return self._drawn[offset : offset + limit]

    @property
    def ranges(self) -> dict[str, Range]:
        """The metrics of which there are several values, by name."""
        with self._lock:
            if self._ranges is None:
                self._ranges = self._measured()
            return self._ranges

    def _order(self) -> Iterator[tuple[str, Sequence[str]]]:
        shown = frozenset(self.ids)
        for id_ in self.ids:
            own = self._parents(id_)
            yield id_, own if shown.issuperset(own) else shown_parents(id_, self._parents, shown)

    def _parents(self, id_: str) -> Sequence[str]:
        node = self._nodes.get(id_)
        return () if node is None else node.parents

    def _measured(self) -> dict[str, Range]:
        values: dict[str, list[float]] = {}
        for id_ in self.ids:
            for name, value in self._nodes[id_].metrics.items():
                if isinstance(value, float) and math.isfinite(value):
                    values.setdefault(name, []).append(value)
        better = self._directions.lower_is_better
        ranges = {name: Range(min(found), max(found), better(name)) for name, found in values.items()}
        return {name: one for name, one in ranges.items() if one.low < one.high}


class Listings:
    """The lists that were asked for last, each as long as nothing happened to the history.

    Parameters
    ----------
    history, index : of the workspace.
    finder : gives queries their meaning, with the index up to date and knowing whatever they ask for.
    directions : which way metrics improve.
    """

    def __init__(self, history: History, index: Index, finder: Finder, directions: Directions = BY_NAME) -> None:
        self._history = history
        self._index = index
        self._finder = finder
        self._directions = directions
        self._lock = threading.Lock()
        self._nodes: dict[str, Node] = {}
        self._refs: dict[str, str] | None = None
        self._is_learnt = False
        self._known: dict[tuple[Query, str | None, bool], Listing] = {}
        self._orders: dict[tuple[Query, str | None, str | None, bool, bool], Sequence[str]] = {}

    def of(self, query: str, *, line: str | None, safety: bool) -> Listing:
        """The list of the versions that fit a query; `line` is None for all.

        Raises
        ------
        InvalidQuery, UsageError : it is no query.
        """
        with self._lock:
            self._follow()
            key = (parse(query), line, safety)  # parsed: "today" and "2d" are other times by and by
            listing = self._known.pop(key, None)
            if listing is None:
                listing = self._made(query, line=line, safety=safety)
            return self._keep(self._known, key, listing)

    def order(self, query: str, *, line: str | None, sort: str | None, descending: bool, safety: bool) -> Sequence[str]:
        """The full ids of the versions that fit a query, as `Repository.find` sorts them: a page is a slice of it.

        Raises
        ------
        InvalidQuery, UsageError : it is no query, or no order.
        """
        with self._lock:
            self._follow()
            return self._ordered(query, line=line, sort=sort, descending=descending, safety=safety)

    def change_of(self, id_: str) -> dict[str, float]:
        """By how much the metrics of a version differ from those of the version that it was made from, by name.

        What was made to keep a state safe counts for nothing: the version before it is taken.
        """
        node = self._nodes.get(id_)
        before = None if node is None else self._before(node)
        if node is None or before is None:
            return {}
        pairs = {name: (before.metrics.get(name), value) for name, value in node.metrics.items()}
        changes = {name: value - old for name, (old, value) in pairs.items()
                   if isinstance(old, float) and isinstance(value, float)}
        return {name: change for name, change in changes.items() if math.isfinite(change)}

    def _before(self, node: Node) -> Node | None:
        parent = self._nodes.get(node.parents[0]) if node.parents else None
        while parent is not None and parent.trigger == Trigger.SAFETY and parent.parents:
            parent = self._nodes.get(parent.parents[0])
        return parent

    def _made(self, query: str, *, line: str | None, safety: bool) -> Listing:
        if not self._is_learnt:
            self._nodes = {**self._nodes, **self._index.nodes(self._nodes)}
            self._is_learnt = True
        ids = self._ordered(query, line=line, sort=None, descending=True, safety=safety)
        return Listing([id_ for id_ in ids if id_ in self._nodes], self._nodes, safeties=self._index.safeties(line),
                       trunk=line is not None, directions=self._directions)

    def _ordered(self, query: str, *, line: str | None, sort: str | None, descending: bool,
                 safety: bool) -> Sequence[str]:
        key = (parse(query), line, sort, descending, safety)
        found = self._orders.pop(key, None)
        if found is None:
            node = self._finder.prepared(query)
            found = self._index.ids(node, line=line, sort=sort and self._finder.sortable(sort), descending=descending,
                                    safety=safety)
        return self._keep(self._orders, key, found)

    def _follow(self) -> None:
        refs = self._history.every_ref()  # first: what the index learns of later ones makes them differ next time
        if refs != self._refs:
            self._index.refresh(self._history)
            self._is_learnt = False
            self._known.clear()
            self._orders.clear()
            self._refs = refs

    @staticmethod
    def _keep(kept: dict[K, V], key: K, value: V) -> V:
        kept[key] = value
        while len(kept) > _REMEMBERED:
            kept.pop(next(iter(kept)))
        return value
