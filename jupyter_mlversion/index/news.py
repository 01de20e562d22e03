"""Which versions something happened to lately, so that who keeps a list of them need not make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

MOST = 100
"""What is remembered; after more than that, a list is better made anew."""

_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'news'"


def tell(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Records that versions were added or dropped, or that something else is said of them now."""
    connection.executemany("INSERT INTO news (id) VALUES (?)", ((id_,) for id_ in ids))
    connection.execute("DELETE FROM news WHERE number <= ?", (last(connection) - MOST,))


def last(connection: sqlite3.Connection) -> int:
    """The number of the last that was told."""
    row = connection.execute(_LAST).fetchone()
    return 0 if row is None else int(row[0])


def since(connection: sqlite3.Connection, number: int) -> frozenset[str] | None:
    """The versions that were told of after that number; None when it is not remembered any more."""
    rows = connection.execute("SELECT id FROM news WHERE number > ?", (number,)).fetchall()
    return frozenset(id_ for (id_,) in rows) if len(rows) == last(connection) - number else None
