"""What can be asked about versions, in tables that are made for it; `search` asks.

A version, and the name of a metric or parameter, is a small number in them: joins of texts take three times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from jupyter_mlversion.domain.version import Version

METRIC, PARAM = 0, 1

KEY = "(SELECT key FROM names WHERE name = ? AND kind = ?)"
"""The number of a metric or parameter, of which the name (`clean`) and the kind are given."""

_INSERT_FACTS = """INSERT OR IGNORE INTO facts (id, line, safety, time, generation, author, branch, bytes, cell,
    document, files, message, note, notebook, seconds, trigger, words)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UNKNOWN = "SELECT id FROM facts WHERE version NOT IN (SELECT version FROM changed WHERE path = ''"
_INSERT_LOGGED = f"INSERT OR REPLACE INTO logged (key, version, number, text, folded) VALUES ({KEY}, ?, ?, ?, ?)"


def keep(connection: sqlite3.Connection, version: Version, *, microseconds: int, generation: int, safety: bool) -> None:
    """Fills the tables with what can be asked about a version, unless they have it."""
    added = connection.execute(_INSERT_FACTS, (
        version.id, version.line, safety, microseconds, generation, clean(version.author), clean(version.branch),
        float(version.bytes_new), clean(version.cell_id), version.document.value, float(version.counts.artifacts),
        clean(version.message), clean(version.note) or None,
        None if version.notebook is None else clean(version.notebook), version.seconds, version.trigger.value,
        _words(version)))
    if not added.rowcount:
        return
    logged: list[tuple[str, int, Any]] = [(clean(name), METRIC, value) for name, value in version.metrics.items()]
    logged += [(clean(name), PARAM, value) for name, value in version.params.items() if value is not None]
    connection.executemany("INSERT OR IGNORE INTO names (name, kind) VALUES (?, ?)", (one[:2] for one in logged))
    rows = ((name, kind, added.lastrowid, *_spelled(value)) for name, kind, value in logged)
    connection.executemany(_INSERT_LOGGED, rows)


def reword(connection: sqlite3.Connection, version: Version) -> None:
    """Records what a version is called now, and its note."""
    connection.execute("UPDATE facts SET message = ?, note = ?, words = ? WHERE id = ?", (
        clean(version.message), clean(version.note) or None, _words(version), version.id))


def drop(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forgets versions."""
    for id_ in ids:
        for table in ("logged", "changed", "facts"):
            connection.execute(f"DELETE FROM {table} WHERE version = (SELECT version FROM facts WHERE id = ?)", (id_,))


def clear(connection: sqlite3.Connection) -> None:
    """Forgets all versions."""
    for table in ("facts", "names", "logged", "changed"):
        connection.execute(f"DELETE FROM {table}")


def names(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """The metrics and parameters that versions have, and the kind of each."""
    return connection.execute(
        "SELECT name, kind FROM names WHERE EXISTS (SELECT 1 FROM logged WHERE logged.key = names.key)"
        " ORDER BY name, kind").fetchall()


def counted(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """As `names`, and how many versions have each."""
    return connection.execute(
        "SELECT name, kind, count(*) FROM logged JOIN names USING (key) GROUP BY key ORDER BY name, kind").fetchall()


def unknown_changes(connection: sqlite3.Connection, among: Collection[str] | None = None) -> list[str]:
    """The versions (or those of them that are `among` these) of which it is not known which files they changed."""
    if among is not None:
        asked = f"{_UNKNOWN} AND changed.version = facts.version) AND id = ?"
        return [id_ for one in among for (id_,) in connection.execute(asked, (one,))]
    return [id_ for (id_,) in connection.execute(f"{_UNKNOWN})")]


def keep_changes(connection: sqlite3.Connection, id_: str, changes: Iterable[tuple[str, str]]) -> None:
    """Records the files that a version changed: workspace path and ``added``, ``modified`` or ``removed``."""
    found = connection.execute("SELECT version FROM facts WHERE id = ?", (id_,)).fetchone()
    if found is None:
        return
    rows = [(*found, "", ""), *((*found, clean(path), change) for path, change in changes)]
    connection.executemany("INSERT OR REPLACE INTO changed (version, path, change) VALUES (?, ?, ?)", rows)


def clean(text: str) -> str:
    """Text that SQLite can hold: halves of characters become question marks."""
    return text.encode("utf-8", "replace").decode()


def _words(version: Version) -> str:
    """What is looked through for words; labels and tags are elsewhere."""
    return clean("\n".join((version.message, version.note, version.author, version.notebook or "",
                            version.id)).casefold())


def _spelled(value: Any) -> tuple[float | None, str | None, str]:
    """A value as a number, as a text, and in one case."""
    number = float(value) if isinstance(value, (bool, int, float)) else None
    return number, clean(value) if isinstance(value, str) else None, clean(str(value).casefold())
