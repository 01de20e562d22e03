"""The graph of versions, drawn row by row beside a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Kind(StrEnum):
    """What an edge of a row does: pass by, come from above to the row's version, or go from it to below."""

    BY = "by"
    CHILD = "child"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn in one row.

    Parameters
    ----------
    lane : the column, from 0, of the row's version.
    edges : from the lane at the top of the row (of the version, for `Kind.PARENT`), to the lane at its bottom (of the
        version, for `Kind.CHILD`).
    """

    lane: int
    edges: tuple[tuple[int, int, Kind], ...]


def rows(order: Iterable[tuple[str, Sequence[str]]], *, trunk: str | None = None) -> Iterator[Row]:
    """A row for each version of a list; reads no further than was asked for.

    A lane belongs to one line of descent, from the newest version down to where it meets another, and is free after
    that; the parent that a version was made from stays in its lane.

    Parameters
    ----------
    order : ids with the ids of their parents, children before parents. A parent that came before, or never comes, is
        left out by the caller or goes on to the end.
    trunk : the newest version of the branch that has lane 0 wherever it is.
    """
    awaited: list[str | None] = [] if trunk is None else [trunk]  # by lane, the version that its line goes down to
    undrawn = trunk is not None  # the trunk's lane, as long as nothing came that leads to it
    placed: set[str] = set()
    for id_, parents in order:
        above = list(awaited)
        if undrawn:
            above[0] = None
        here = [lane for lane, wanted in enumerate(awaited) if wanted == id_]
        lane = here[0] if here else _free(awaited)
        undrawn = undrawn and lane != 0
        edges = [(from_, lane, Kind.CHILD) if wanted == id_ else (from_, from_, Kind.BY)
                 for from_, wanted in enumerate(above) if wanted is not None]
        for ended in here:
            awaited[ended] = None
        placed.add(id_)
        for number, parent in enumerate(dict.fromkeys(parent for parent in parents if parent not in placed)):
            known = parent in awaited and not (undrawn and awaited.index(parent) == 0)
            to = lane if number == 0 else awaited.index(parent) if known else _free(awaited)
            awaited[to] = parent
            edges.append((lane, to, Kind.PARENT))
        while awaited and awaited[-1] is None:
            awaited.pop()
        yield Row(lane, tuple(edges))


class Ancestry:
    """The parents of versions in a list that shows only some: in place of each other one, its nearest shown ancestors.

    Parameters
    ----------
    parents : of a version of the history, by its id.
    shown : the ids in the list.
    """

    def __init__(self, parents: Callable[[str], Sequence[str]], shown: frozenset[str]) -> None:
        self._parents = parents
        self._shown = shown
        self._nearest: dict[str, Sequence[str]] = {}  # of versions that are not shown: each is passed once

    def of(self, id_: str) -> Sequence[str]:
        """The ids of the parents of a version in the list."""
        own = self._parents(id_)
        return own if self._shown.issuperset(own) else self._merged(own)

    def _merged(self, parents: Sequence[str]) -> Sequence[str]:
        ahead = self._unknown(parents)
        while ahead:
            above = self._parents(ahead[-1])
            if waiting := self._unknown(above):
                ahead += waiting
            else:
                self._nearest[ahead.pop()] = self._joined(above)
        return self._joined(parents)

    def _unknown(self, ids: Sequence[str]) -> list[str]:
        return [id_ for id_ in ids if id_ not in self._shown and id_ not in self._nearest]

    def _joined(self, parents: Sequence[str]) -> Sequence[str]:
        if len(parents) == 1:
            return parents if parents[0] in self._shown else self._nearest[parents[0]]
        near = [(parent,) if parent in self._shown else self._nearest[parent] for parent in parents]
        return list(dict.fromkeys(chain.from_iterable(near)))


def _free(awaited: list[str | None]) -> int:
    """The first lane that nobody has; made when all are taken."""
    if None in awaited:
        return awaited.index(None)
    awaited.append(None)
    return len(awaited) - 1
