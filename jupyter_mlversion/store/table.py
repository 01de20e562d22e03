"""The tables of the index, and what is asked of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from jupyter_mlversion.store.layout import TRAILER_SIZE, Footer
from jupyter_mlversion.store.place import Place

Listing = tuple[bytes, int, Footer]
"""Name, bytes and footer of a pack."""

_VERSION = 3
_PATIENCE = 30.0  # seconds to wait for another writer
_MANY = 500  # values in one query
_TABLES = {"state", "pack", "frame", "chunk", "manifest"}
_SCHEMA = f"""
begin immediate;
create table if not exists state(stamp integer, bytes integer, epoch text);
insert into state values(null, 0, hex(randomblob(16)));
create table if not exists pack(id integer primary key, name blob unique, size integer, first integer, last integer);
create table if not exists frame(id integer primary key, pack integer, offset integer, stored integer, length integer,
                                 encoding integer, bases blob);
create table if not exists chunk(hash blob primary key, frame integer, offset integer, length integer) without rowid;
create table if not exists manifest(hash blob primary key, pack integer, offset integer, length integer) without rowid;
pragma user_version={_VERSION};
commit;
"""
_PLACE = """
select chunk.hash, pack.name, frame.offset, frame.stored, frame.length, encoding, bases, chunk.offset, chunk.length
from chunk join frame on frame.id = chunk.frame join pack on pack.id = frame.pack where chunk.hash
"""


def connect(target: str, *, wal: bool = True) -> sqlite3.Connection:
    """A connection to an index, which is made when there is none.

    Parameters
    ----------
    wal : with a write-ahead log, which needs shared memory and so no network file system.

    Raises
    ------
    sqlite3.DatabaseError : it is no index of ours, or cannot be used.
    """
    db = sqlite3.connect(target, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        # a power cut may take the last rows, never the order: the stamp goes with them
        db.execute(f"pragma journal_mode={'wal' if wal else 'delete'}")
        db.execute(f"pragma synchronous={'normal' if wal else 'full'}")
        tables = {row[0] for row in db.execute("select name from sqlite_master where type='table'")}
        version = db.execute("pragma user_version").fetchone()[0]
        if not tables:
            db.executescript(_SCHEMA)
        elif tables != _TABLES or version != _VERSION:
            raise sqlite3.DatabaseError("an index of another program or version")  # noqa: TRY301
    except BaseException:
        db.close()
        raise
    return db


def total(db: sqlite3.Connection) -> int:
    """Bytes of all packs."""
    return int(db.execute("select bytes from state").fetchone()[0])


def epoch(db: sqlite3.Connection) -> str:
    """Another text whenever packs were removed from the index, or it was made."""
    return str(db.execute("select epoch from state").fetchone()[0])


def stamp(db: sqlite3.Connection) -> int | None:
    """The stamp that the folder had when it was as the index knows it."""
    found: int | None = db.execute("select stamp from state").fetchone()[0]
    return found


def packs(db: sqlite3.Connection) -> set[bytes]:
    """The names of all packs."""
    return {row[0] for row in db.execute("select name from pack")}


def place(db: sqlite3.Connection, chunk_hash: bytes) -> Place | None:
    """Where a chunk lies."""
    row = db.execute(f"{_PLACE}=?", (chunk_hash,)).fetchone()
    return Place(*row[1:]) if row else None


def places(db: sqlite3.Connection, hashes: Collection[bytes]) -> dict[bytes, Place]:
    """Where those of the chunks lie that are in a pack."""
    return {
        row[0]: Place(*row[1:])
        for some, marks in _parcels(hashes) for row in db.execute(f"{_PLACE} in ({marks})", some)
    }


def has(db: sqlite3.Connection, chunk_hash: bytes) -> bool:
    """Whether a chunk is in a pack."""
    return db.execute("select 1 from chunk where hash=?", (chunk_hash,)).fetchone() is not None


def hashes(db: sqlite3.Connection, limit: int) -> set[bytes] | None:
    """The chunks that are in packs; None when there are more than `limit`."""
    found = {row[0] for row in db.execute("select hash from chunk limit ?", (limit + 1,))}
    return found if len(found) <= limit else None


def held(db: sqlite3.Connection, table: str, hashes: Collection[bytes]) -> set[bytes]:
    """Those of the hashes that are in the table ``chunk`` or ``manifest``."""
    return {
        row[0]
        for some, marks in _parcels(hashes)
        for row in db.execute(f"select hash from {table} where hash in ({marks})", some)  # noqa: S608 (our own words)
    }


def manifest_at(db: sqlite3.Connection, content: bytes) -> tuple[bytes, int, int] | None:
    """Where the manifest of a content lies: name of the pack, offset and length in bytes."""
    query = "select name, offset, length from manifest join pack on pack.id = pack where hash=?"
    found: tuple[bytes, int, int] | None = db.execute(query, (content,)).fetchone()
    return found


def contents_in(db: sqlite3.Connection, pack: bytes) -> list[bytes]:
    """The hashes of the manifests and of the chunks in a pack."""
    query = """
    select manifest.hash from manifest join pack on pack.id = manifest.pack where name = ?1
    union select chunk.hash from chunk join pack on frame between first and last where name = ?1
    """
    return [row[0] for row in db.execute(query, (pack,))]


def insert(db: sqlite3.Connection, new: Iterable[Listing], *, gone: Collection[bytes] = (),
           stamp: int | None = None) -> None:
    """List packs, and list others no more.

    Parameters
    ----------
    stamp : of the folder, when it is then as the index knows it.
    """
    db.execute("begin immediate")
    try:
        if gone:
            _remove(db, gone)
        for listing in new:
            _add(db, *listing)
        db.execute("update state set stamp = ?", (stamp,))
        db.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("rollback")
        raise


def _remove(db: sqlite3.Connection, names: Iterable[bytes]) -> None:
    for name in names:
        query = "select id, size, first, last from pack where name=?"
        for pack, size, first, last in db.execute(query, (name,)).fetchall():
            db.execute("delete from frame where id between ? and ?", (first, last))
            db.execute("delete from pack where id=?", (pack,))
            db.execute("update state set bytes = bytes - ?", (size,))
    db.execute("update state set epoch = hex(randomblob(16))")
    db.execute("delete from chunk where frame not in (select id from frame)")
    db.execute("delete from manifest where pack not in (select id from pack)")


def _add(db: sqlite3.Connection, name: bytes, size: int, footer: Footer) -> None:
    """A pack that is listed already adds what no row is of."""
    listed = db.execute("select id, first from pack where name=?", (name,)).fetchone()
    if listed is None:
        pack = db.execute("select coalesce(max(id), 0) + 1 from pack").fetchone()[0]
        first = db.execute("select coalesce(max(id), 0) + 1 from frame").fetchone()[0]
        last = first + len(footer.frames) - 1
        db.execute("insert into pack values(?,?,?,?,?)", (pack, name, size, first, last))
        db.execute("update state set bytes = bytes + ?", (size,))
        frames = ((number, pack, *frame[1:]) for number, frame in enumerate(footer.frames, first))
        db.executemany("insert into frame values(?,?,?,?,?,?,?)", frames)
    else:
        pack, first = listed
    # in the order of the table, which is the fastest
    chunks = sorted((chunk.hash, first + chunk.frame, chunk.offset, chunk.length) for chunk in footer.chunks)
    db.executemany("insert or ignore into chunk values(?,?,?,?)", chunks)
    manifests, position = [], size - TRAILER_SIZE - sum(manifest.written for manifest in footer.manifests)
    for manifest in footer.manifests:
        manifests.append((manifest.hash, pack, position, manifest.written))
        position += manifest.written
    db.executemany("insert or replace into manifest values(?,?,?,?)", manifests)


def _parcels(hashes: Collection[bytes]) -> Iterator[tuple[list[bytes], str]]:
    """The hashes, as many at once as a query takes, with the marks for so many."""
    todo = list(hashes)
    for at in range(0, len(todo), _MANY):
        some = todo[at:at + _MANY]
        yield some, ",".join("?" * len(some))
