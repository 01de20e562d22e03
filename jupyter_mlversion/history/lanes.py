"""The graph of versions, drawn row by row beside a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence


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


def shown_parents(id_: str, parents: Callable[[str], Sequence[str]], shown: Collection[str]) -> list[str]:
    """The parents of a version in a list that shows only some: in place of each other one, its nearest shown ancestors.

    Parameters
    ----------
    parents : of a version of the history, by its id.
    shown : the ids in the list.
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    ahead = list(reversed(parents(id_)))
    while ahead:
        parent = ahead.pop()
        if parent in seen:
            continue
        seen.add(parent)
        if parent in shown:
            found[parent] = None
        else:
            ahead.extend(reversed(parents(parent)))
    return list(found)


def _free(awaited: list[str | None]) -> int:
    """The first lane that nobody has; made when all are taken."""
    if None in awaited:
        return awaited.index(None)
    awaited.append(None)
    return len(awaited) - 1
