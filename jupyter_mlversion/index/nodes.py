"""What a graph of all versions needs of each, small enough to be kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.codec.json import load

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

_SLICE = 500
_FEW = 100
"""Versions down which a way is followed."""

_RECORDS = "SELECT id, record FROM versions"
_SAFETIES = """SELECT count(*) FROM facts INDEXED BY facts_of_safeties WHERE safety = 1 AND (?1 IS NULL OR line = ?1)
    AND id NOT IN (SELECT id FROM annotations WHERE hidden)"""


class Node(msgspec.Struct, frozen=True, gc=False):
    """A version in the graph; the fields are those of `Version`. What is no number among the metrics is text."""

    parents: tuple[str, ...]
    branch: str
    trigger: str
    metrics: dict[str, float | str] = {}


def safeties(connection: sqlite3.Connection, line: str | None) -> int:
    """How many safety versions of a line (None: of all lines) there are that were not deleted."""
    row = connection.execute(_SAFETIES, (line,)).fetchone()
    return int(row[0])


def unknown(connection: sqlite3.Connection, known: Collection[str]) -> list[str]:
    """The ids of versions that are not among `known`."""
    return [id_ for (id_,) in connection.execute("SELECT id FROM versions") if id_ not in known]


def nodes(connection: sqlite3.Connection, ids: Iterable[str]) -> Iterator[tuple[str, Node]]:
    """The versions with these full ids, in any order."""
    wanted, decoder = list(ids), msgspec.json.Decoder(Node)
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"{_RECORDS} WHERE id IN ({marks})", part)
        for id_, record in rows:
            try:
                yield id_, decoder.decode(record)
            except msgspec.DecodeError:  # halves of characters, or numbers that only Python reads
                yield id_, msgspec.convert(load(record), Node)


def between(connection: sqlite3.Connection, tips: Collection[str], seen: Collection[str]) -> set[str] | None:
    """The parents of the versions that `tips` lead to and `seen` do not, if all of these are known and few; else None.

    All that `seen` lead to is known. Where the way down misses them, it soon is too long.
    """
    parents: set[str] = set()
    ahead, passed = set(tips) - set(seen), set(seen)
    for _ in range(_FEW):
        if not ahead:
            return parents
        passed.add(id_ := ahead.pop())
        node = dict(nodes(connection, [id_])).get(id_)
        if node is None:
            return None
        parents.update(node.parents)
        ahead.update(set(node.parents) - passed)
    return None
