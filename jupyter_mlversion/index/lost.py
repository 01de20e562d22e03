"""Which contents versions need and do not have, as it was found when that was last looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.domain.digest import Digest  # noqa: TC001 - a named tuple's field

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable


class Lost(NamedTuple):
    """A content that a version lacks.

    Parameters
    ----------
    version : full id.
    path : what of it lacks its bytes: a workspace path, or words for what is no file.
    digest : of the bytes.
    damaged : whether they are there, but not what they were; else they are nowhere.
    """

    version: str
    path: str
    digest: Digest
    damaged: bool


def keep(connection: sqlite3.Connection, found: Iterable[Lost], of: Collection[str] | None, *, damaged: bool) -> None:
    """Records what was found, in place of what was known of the versions `of`, or of all.

    Parameters
    ----------
    damaged : whether damage was looked for; else what is known of it stays.
    """
    where = "damaged <= ?" if of is None else "damaged <= ? AND version = ?"
    connection.executemany(f"DELETE FROM lost WHERE {where}",  # noqa: S608 - one of the two above
                           [(damaged,)] if of is None else [(damaged, id_) for id_ in of])
    connection.executemany("INSERT OR REPLACE INTO lost (version, path, digest, damaged) VALUES (?, ?, ?, ?)", found)


def find(connection: sqlite3.Connection, ids: Iterable[str]) -> list[Lost]:
    """What is known of these versions."""
    if connection.execute("SELECT 1 FROM lost LIMIT 1").fetchone() is None:  # as nearly always
        return []
    asked = "SELECT version, path, digest, damaged FROM lost WHERE version = ? ORDER BY path"
    rows = (row for id_ in ids for row in connection.execute(asked, (id_,)))
    return [Lost(version, path, digest, bool(damaged)) for version, path, digest, damaged in rows]
