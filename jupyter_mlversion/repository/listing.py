"""Lists of versions as they are drawn: with the graph beside them, and what is best among them."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jupyter_mlversion.domain.direction import BY_NAME
from jupyter_mlversion.domain.version import MAIN, Trigger
from jupyter_mlversion.history.lanes import Ancestry, rows
from jupyter_mlversion.query import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jupyter_mlversion.domain.direction import Directions
    from jupyter_mlversion.history import History
    from jupyter_mlversion.history.lanes import Row
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.index.index import Mark
    from jupyter_mlversion.index.nodes import Node
    from jupyter_mlversion.query import Node as Query
    from jupyter_mlversion.repository.find import Finder

_Extremes = dict[str, tuple[float, float]]
"""The least and the most of each metric."""

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
    """The versions that a query finds.

    Parameters
    ----------
    ids : of all of them; children before parents, newest first, where `rows` are asked for.
    nodes : of every version of the history.
    safeties : how many safety versions there are, listed or not.
    trunk : whether the branch that a line starts with has a lane of its own.
    directions : which way metrics improve.
    before : the same list, in any order, before something happened to a few versions: it is not measured again.
    touched : those versions, or more.
    """

    def __init__(self, ids: Sequence[str], nodes: Mapping[str, Node], *, safeties: int, trunk: bool,
                 directions: Directions = BY_NAME, before: Listing | None = None,
                 touched: Collection[str] = ()) -> None:
        self.ids = ids
        self.safeties = safeties
        self._nodes = nodes
        self._directions = directions
        self._lock = threading.Lock()
        self._shown = frozenset(ids)
        self._drawn: list[Row] = []
        main = (id_ for id_ in ids if nodes[id_].branch == MAIN) if trunk else iter(())
        ancestry = Ancestry(self._parents, self._shown)
        self._ahead = rows(((id_, ancestry.of(id_)) for id_ in ids), trunk=next(main, None))
        self._extremes = None if before is None else self._adjusted(before, touched)

    def rows(self, offset: int, limit: int) -> list[Row]:
        """What is drawn beside some of the versions."""
        with self._lock:
            self._drawn.extend(islice(self._ahead, max(0, offset + limit - len(self._drawn))))
            return self._drawn[offset : offset + limit]

    @property
    def ranges(self) -> dict[str, Range]:
        """The metrics of which there are several values, by name."""
        with self._lock:
            if self._extremes is None:
                self._extremes = _extremes(self._nodes[id_] for id_ in self.ids)
            better = self._directions.lower_is_better
            return {name: Range(low, high, better(name)) for name, (low, high) in self._extremes.items() if low < high}

    def _parents(self, id_: str) -> Sequence[str]:
        node = self._nodes.get(id_)
        return () if node is None else node.parents

    def _adjusted(self, before: Listing, touched: Collection[str]) -> _Extremes | None:
        """The extremes of the list before, with what is new; None where one of them may be gone."""
        old = before._extremes
        gone = _extremes(self._nodes[id_] for id_ in touched if id_ in before._shown and id_ not in self._shown)
        if old is None or any(low == old[name][0] or high == old[name][1] for name, (low, high) in gone.items()):
            return None
        return _extremes((self._nodes[id_] for id_ in touched if id_ in self._shown and id_ not in before._shown), old)


def _extremes(nodes: Iterable[Node], known: _Extremes | None = None) -> _Extremes:
    """The least and the most of each metric among `nodes`, and those of `known`."""
    values: dict[str, list[float]] = {name: [*pair] for name, pair in (known or {}).items()}
    for node in nodes:
        for name, value in node.metrics.items():
            if isinstance(value, float) and math.isfinite(value):
                values.setdefault(name, []).append(value)
    return {name: (min(found), max(found)) for name, found in values.items()}


class _Kept(NamedTuple):
    """A list in an order, and the moment after which it may have changed."""

    mark: Mark
    ids: Sequence[str]


_Key = tuple["Query", str | None, bool, str | None, bool]
"""What a list is of, in the first three, and its order: parsed query, line, safety, sort, descending."""


class Listings:
    """The lists that were asked for last. What happens to a few versions moves these in them, and nothing else.

    Parameters
    ----------
    history, index : of the workspace.
    finder : gives queries their meaning, with the index knowing whatever they ask for.
    directions : which way metrics improve.
    """

    def __init__(self, history: History, index: Index, finder: Finder, directions: Directions = BY_NAME) -> None:
        self._history = history
        self._index = index
        self._finder = finder
        self._directions = directions
        self._lock = threading.Lock()
        self._nodes: dict[str, Node] = {}  # of all that ever were: none of them changes
        self._learnt: Mark | None = None
        self._refs: dict[str, str] | None = None
        self._mark: Mark = (0, 0)
        self._known: dict[_Key, tuple[Mark, Listing]] = {}
        self._orders: dict[_Key, _Kept] = {}

    def of(self, query: str, *, line: str | None, safety: bool, sort: str | None = None,
           descending: bool = True) -> Listing:
        """The list of the versions that fit a query, in the order of `order`; `line` is None for all.

        Raises
        ------
        InvalidQuery, UsageError : it is no query, or no order.
        """
        with self._lock:
            self._follow()
            key, ids = self._ordered(query, line=line, sort=sort, descending=descending, safety=safety)
            known = self._known.pop(key, None) or next(
                (known for other, known in self._known.items() if other[:3] == key[:3]), None)
            return self._keep(self._known, key, (self._mark, self._made(ids, known, line)))[1]

    def order(self, query: str, *, line: str | None, sort: str | None, descending: bool, safety: bool) -> Sequence[str]:
        """The full ids of the versions that fit a query, as `Repository.find` sorts them: a page is a slice of it.

        Raises
        ------
        InvalidQuery, UsageError : it is no query, or no order.
        """
        with self._lock:
            self._follow()
            return self._ordered(query, line=line, sort=sort, descending=descending, safety=safety)[1]

    def change_of(self, id_: str) -> dict[str, float]:
        """By how much the metrics of a version differ from those of the version that it was made from, by name.

        What was made to keep a state safe counts for nothing: the version before it is taken.
        """
        node = self._nodes.get(id_)
        before = None if node is None else self._before(node)
        if node is None or before is None:
            return {}
        old, changes = before.metrics, {}
        for name, value in node.metrics.items():
            was = old.get(name)
            if isinstance(was, float) and isinstance(value, float) and math.isfinite(change := value - was):
                changes[name] = change
        return changes

    def _before(self, node: Node) -> Node | None:
        parent = self._nodes.get(node.parents[0]) if node.parents else None
        while parent is not None and parent.trigger == Trigger.SAFETY and parent.parents:
            parent = self._nodes.get(parent.parents[0])
        return parent

    def _made(self, ids: Sequence[str], known: tuple[Mark, Listing] | None, line: str | None) -> Listing:
        mark, before = known or (self._mark, None)
        if before is not None and before.ids is ids and mark == self._mark:
            return before
        self._learn()
        safeties = self._index.safeties(line)
        if before is not None and before.safeties == safeties and before.ids == ids:
            return before  # what is drawn of a version never changes
        touched = None if before is None else self._index.news(mark)
        if not all(map(self._nodes.__contains__, ids if touched is None else touched)):  # dropped in between
            ids = [id_ for id_ in ids if id_ in self._nodes]
        return Listing(ids, self._nodes, safeties=safeties, trunk=line is not None, directions=self._directions,
                       before=None if touched is None else before, touched=touched or ())

    def _learn(self) -> None:
        """Reads what the graph needs of the versions that it does not know."""
        if self._learnt == self._mark:
            return
        news = None if self._learnt is None else self._index.news(self._learnt)
        if news is None:
            self._nodes.update(self._index.nodes(self._nodes))
        else:
            self._nodes.update(self._index.nodes_of(id_ for id_ in news if id_ not in self._nodes))
        self._learnt = self._mark

    def _ordered(self, query: str, *, line: str | None, sort: str | None, descending: bool,
                 safety: bool) -> tuple[_Key, Sequence[str]]:
        sort = sort and self._finder.sortable(sort)
        key = (parse(query), line, safety, sort, descending)  # parsed: "today" and "2d" are other times by and by
        kept = self._orders.pop(key, None)
        if kept is None or kept.mark != self._mark:
            news = None if kept is None else self._index.news(kept.mark)
            node = self._finder.meaning(query, among=news)
            if kept is None or news is None:
                ids = self._index.ids(node, line=line, sort=sort, descending=descending, safety=safety)
            else:
                ids = self._index.mended(kept.ids, news, node, line=line, sort=sort, descending=descending,
                                         safety=safety)
            kept = _Kept(self._mark, ids)
        return key, self._keep(self._orders, key, kept).ids

    def _follow(self) -> None:
        refs = self._history.every_ref()  # first: what the index learns of later ones makes them differ next time
        if refs != self._refs:
            self._index.refresh(self._history)
            self._mark = self._index.mark()
            self._refs = refs

    @staticmethod
    def _keep(kept: dict[K, V], key: K, value: V) -> V:
        kept[key] = value
        while len(kept) > _REMEMBERED:
            kept.pop(next(iter(kept)))
        return value
