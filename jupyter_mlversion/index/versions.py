"""Rows of the index: versions, refs, labels and outcomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_json, to_plain
from jupyter_mlversion.domain.annotation import NOTHING, Annotation, annotated, as_made
from jupyter_mlversion.domain.version import Trigger, Version
from jupyter_mlversion.errors import UnknownVersion
from jupyter_mlversion.history import NOTES, TAGS, holds_versions
from jupyter_mlversion.index import facts, news
from jupyter_mlversion.index.outcome import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from jupyter_mlversion.history import Entry, Said

__all__ = ["add", "clear", "drop", "equality_of", "find", "holds_versions", "keep_annotations", "listed", "log",
           "outcome", "refs", "replace_refs", "say", "settle"]

_INSERT = """INSERT OR REPLACE INTO versions (id, line, time, generation, safety, key, equality, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER = "ORDER BY time DESC, generation DESC, id DESC"
_COLUMNS = "SELECT id, record FROM versions"
_SAID = "SELECT id, record FROM annotations"
_ASKED = 500
"""Versions up to which just their annotations are looked up."""
_KEPT = 500
"""Versions that are kept as they were read."""


def refs(connection: sqlite3.Connection) -> dict[str, str]:
    """The refs when they were last looked at."""
    return dict(connection.execute("SELECT name, id FROM refs"))


def replace_refs(connection: sqlite3.Connection, now: Mapping[str, str]) -> None:
    """Records the refs as they are now."""
    before = refs(connection)
    changed = before.items() ^ now.items()
    connection.executemany("DELETE FROM refs WHERE name = ?", ((name,) for name in before.keys() - now.keys()))
    connection.executemany("INSERT OR REPLACE INTO refs (name, id) VALUES (?, ?)", now.items() - before.items())
    news.tell(connection, (id_ for name, id_ in changed if name.startswith(TAGS)))


def keep_annotations(connection: sqlite3.Connection, annotations: Mapping[str, Annotation], *, whole: bool) -> None:
    """Records what is said of versions.

    Parameters
    ----------
    whole : whether nothing is said of all others; else that stays.
    """
    before = dict(connection.execute(_SAID)) if whole else {}
    now = {id_: json.dump(to_plain(said)).decode() for id_, said in annotations.items()}
    changed = [id_ for id_ in before.keys() | now.keys() if before.get(id_) != now.get(id_)]
    connection.executemany("DELETE FROM annotations WHERE id = ?", ((id_,) for id_ in changed))
    connection.executemany("INSERT INTO annotations (id, hidden, record) VALUES (?, ?, ?)", (
        (id_, annotations[id_].hidden, now[id_]) for id_ in changed if id_ in now))
    for id_ in changed:
        if (version := find(connection, id_)) is not None:
            facts.reword(connection, version)
    news.tell(connection, changed)


def say(connection: sqlite3.Connection, said: Said) -> None:
    """Records what was just said of versions, where all that was said before is known."""
    seen = connection.execute("SELECT id FROM refs WHERE name = ?", (NOTES,)).fetchone()
    if seen is not None and seen[0] == said.before:
        keep_annotations(connection, said.annotations, whole=False)
        connection.execute("UPDATE refs SET id = ? WHERE name = ?", (said.tip, NOTES))


def add(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Adds versions, parents first; one whose parents are unknown is left out."""
    added = []
    for entry in entries:
        version = entry.version
        generations = [_generation(connection, parent) for parent in version.parents]
        if None in generations:
            continue
        generation = 1 + max((number for number in generations if number is not None), default=0)
        record = json.dump(to_plain(as_made(version)))
        connection.execute(_INSERT, (
            version.id, version.line, _microseconds(version), generation, version.trigger is Trigger.SAFETY,
            _key(entry.key), entry.equality, record))
        facts.keep(connection, version, microseconds=_microseconds(version), generation=generation,
                    safety=version.trigger is Trigger.SAFETY)
        added.append(version.id)
    news.tell(connection, added)


def drop(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Removes versions."""
    gone = list(ids)
    connection.executemany("DELETE FROM versions WHERE id = ?", ((id_,) for id_ in gone))
    facts.drop(connection, gone)
    news.tell(connection, gone)


def clear(connection: sqlite3.Connection) -> None:
    """Removes all versions."""
    news.tell(connection, [id_ for (id_,) in connection.execute("SELECT id FROM versions")])
    connection.execute("DELETE FROM versions")
    facts.clear(connection)


def find(connection: sqlite3.Connection, id_: str) -> Version | None:
    """The version with a full id, or None."""
    found = _versions(connection, connection.execute(f"{_COLUMNS} WHERE id = ?", (id_,)).fetchall())
    return found[0] if found else None


def equality_of(connection: sqlite3.Connection, id_: str) -> str | None:
    """The equality of the version with a full id, or None."""
    row = connection.execute("SELECT equality FROM versions WHERE id = ?", (id_,)).fetchone()
    return None if row is None else str(row[0])


def log(connection: sqlite3.Connection, *, line: str | None, limit: int | None, before: str | None,
        safety: bool, hidden: bool) -> list[Version]:
    """Versions, newest first; see `Index.log`."""
    conditions: list[str] = []
    values: list[Any] = []
    if line is not None:
        conditions.append("line = ?")
        values.append(line)
    if before is not None:
        place = connection.execute("SELECT time, generation, id FROM versions WHERE id = ?", (before,)).fetchone()
        if place is None:
            message = f"there is no version {before}"
            raise UnknownVersion(message, hint="mlversion log lists the versions.")
        conditions.append("(time, generation, id) < (?, ?, ?)")
        values.extend(place)
    if not safety:
        conditions.append("safety = 0")
    if not hidden:
        conditions.append("id NOT IN (SELECT id FROM annotations WHERE hidden)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_COLUMNS} {where} {_ORDER} LIMIT ?"  # the conditions are ours, the values are not in the text
    rows = connection.execute(query, (*values, -1 if limit is None else limit)).fetchall()
    return _versions(connection, rows)


def listed(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Version]:
    """The versions with these full ids, in that order."""
    marks = ",".join("?" * len(ids))
    rows = connection.execute(f"{_COLUMNS} WHERE id IN ({marks})", list(ids)).fetchall()
    found = {version.id: version for version in _versions(connection, rows)}
    return [found[id_] for id_ in ids if id_ in found]


def outcome(connection: sqlite3.Connection, key: str) -> Outcome | None:
    """What became of a checkpoint; see `Index.outcome`."""
    row = (connection.execute("SELECT id FROM versions WHERE key = ?", (_key(key),)).fetchone()
           or connection.execute("SELECT version FROM outcomes WHERE key = ?", (_key(key),)).fetchone())
    return None if row is None else Outcome(row[0])


def settle(connection: sqlite3.Connection, key: str, version: str | None) -> None:
    """Records what became of a checkpoint."""
    connection.execute("INSERT OR REPLACE INTO outcomes (key, version) VALUES (?, ?)", (_key(key), version))


def _generation(connection: sqlite3.Connection, id_: str) -> int | None:
    row = connection.execute("SELECT generation FROM versions WHERE id = ?", (id_,)).fetchone()
    return None if row is None else int(row[0])


def _versions(connection: sqlite3.Connection, rows: Sequence[tuple[str, bytes]]) -> list[Version]:
    """Versions from rows of id and record, with what can change looked up now."""
    if not rows:
        return []
    ids = [id_ for id_, _ in rows] if len(rows) <= _ASKED else []
    these = f" WHERE id IN ({','.join('?' * len(ids))})" if ids else ""
    records = connection.execute(_SAID + these, ids)
    tags: dict[str, list[str]] = {}
    for name, id_ in connection.execute("SELECT name, id FROM refs WHERE name GLOB 'refs/tags/*' ORDER BY name"):
        tags.setdefault(id_, []).append(name.removeprefix(TAGS))
    try:
        found = [_made(record) for _, record in rows]
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(str(error)) from error
    notes = {id_: from_json(Annotation, record) for id_, record in records}
    return [annotated(version, notes.get(version.id, NOTHING), tags.get(version.id, ())) for version in found]


@lru_cache(_KEPT)
def _made(record: bytes) -> Version:
    """A version as it was made, of which the record never says anything else: a page that is asked for again has it."""
    return from_json(Version, record)


def _key(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _microseconds(version: Version) -> int:
    """The time of a version since the epoch: whole seconds would not tell two quick ones apart."""
    return (version.time - _EPOCH) // timedelta(microseconds=1)
