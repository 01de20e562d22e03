"""Where every chunk and manifest lies: an SQLite cache of the packs' footers, which may be lost at any time.

Rows are facts about packs that never change (a pack is named by what it holds), so rows of different origin can be
mixed without harm. An index that is damaged or foreign is deleted and read again from the packs; where none can be
written (disk full, read-only folder) one in memory serves. A connection is never used in a forked child.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store.folder import Folder, sync_folder
from jupyter_mlversion.store.layout import Chunk, Footer, Manifest
from jupyter_mlversion.store.pack import opened, read_footer

_T = TypeVar("_T")
_Listing = tuple[bytes, int, Footer]
_VERSION = 1
_PATIENCE = 30.0  # seconds to wait for another writer
_TICK = 100_000_000  # nanoseconds within which two changes of a folder may bear the same time
_TABLES = {"pack", "chunk", "manifest"}
_SCHEMA = f"""
begin immediate;
create table if not exists pack(name blob primary key, size integer) without rowid;
create table if not exists chunk(hash blob primary key, seal blob, offset integer, stored integer, length integer,
                                 encoding integer, pack blob) without rowid;
create table if not exists manifest(hash blob primary key, size integer, parts blob, pack blob);
pragma user_version={_VERSION};
commit;
"""
_inherited: list[sqlite3.Connection] = []  # of parent processes; closing them in a child could disturb the parent


class Index:
    """The index at `path` of the packs in `folder`; usable from several threads."""

    def __init__(self, path: Path, folder: Folder) -> None:
        self._path = path
        self._folder = folder
        self._unreadable: set[bytes] = set()
        self._forget()

    def chunk(self, chunk_hash: bytes) -> tuple[Chunk, bytes] | None:
        """Where a chunk lies, and the name of its pack."""
        query = "select hash, seal, offset, stored, length, encoding, pack from chunk where hash=?"
        row = self._run(lambda db: db.execute(query, (chunk_hash,)).fetchone())
        return (Chunk(*row[:6]), row[6]) if row else None

    def manifest(self, content: bytes) -> Manifest | None:
        """What the content with that hash consists of."""
        query = "select hash, size, parts from manifest where hash=?"
        row = self._run(lambda db: db.execute(query, (content,)).fetchone())
        return Manifest(*row) if row else None

    def manifests_in(self, pack: bytes) -> list[bytes]:
        """The hashes of the contents whose manifests were read from the pack of that name."""
        rows = self._run(lambda db: db.execute("select hash from manifest where pack=?", (pack,)).fetchall())
        return [row[0] for row in rows]

    def add(self, name: bytes, size: int, footer: Footer) -> None:
        """List a durable pack of `size` bytes."""
        self._run(lambda db: _insert(db, [(name, size, footer)]))

    def refresh(self, *, force: bool = False) -> bool:
        """Bring the index up to what is on disk, when that may have changed (or by `force`); whether it may have."""
        with self._alone():
            if force:
                self._unreadable.clear()
            elif self._db is not None and self._seen is not None and self._seen == self._folder.stamp():
                return False
            if self._inode is not None and self._inode != self._on_disk():
                self._close()
            self._run(self._sync)
            return True

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._alone():
            self._close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if os.getpid() != self._pid:
            if self._db is not None:
                _inherited.append(self._db)
            self._forget()
        with self._lock:
            yield

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._inode: int | None = None  # of the open file; None for an index in memory
        self._unwritable = False
        self._seen: int | None = None  # the stamp of the folder when it was last listed, when that is telling

    def _run(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._alone():
            for _ in range(2):
                try:
                    return action(self._connection())
                except (sqlite3.DatabaseError, OSError) as error:
                    self._give_up(error)
            return action(self._connection())

    def _give_up(self, error: sqlite3.DatabaseError | OSError) -> None:
        self._close()
        # exactly this class means: malformed, or not a database; its subclasses mean: locked, full, read-only...
        if type(error) is not sqlite3.DatabaseError:
            self._unwritable = True
            return
        try:
            with self._opening():
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        except OSError:
            self._unwritable = True

    def _connection(self) -> sqlite3.Connection:
        if self._db is not None and (self._inode is not None or self._unwritable):
            return self._db
        made = self._path.parent.is_dir()
        if self._db is not None and made:
            self._close()  # there was no folder for the file, now there is
        if self._db is None:
            if self._unwritable or not made:
                self._db = _connect(":memory:")
            else:
                with self._opening():
                    self._db = _connect(str(self._path))
                    self._inode = self._on_disk()
            self._sync(self._db)
        return self._db

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Keep others from deleting the file between the opening of it and that of its write-ahead log."""
        fd = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _close(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = self._inode = self._seen = None

    def _on_disk(self) -> int:
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return -1

    def _sync(self, db: sqlite3.Connection) -> None:
        stamp = self._folder.stamp()
        self._seen = stamp if time.time_ns() - stamp > _TICK else None
        # the index first, the folder second: a pack that comes in between must not look like one that went
        listed = {row[0] for row in db.execute("select name from pack")}
        present = self._folder.names()
        if gone := listed - present:
            listed.clear()
        if new := present - listed - self._unreadable:
            with suppress(OSError):
                sync_folder(self._folder.path)  # before anything relies on a pack that another process just named
        if new or gone:
            _insert(db, self._footers(new), clear=bool(gone))

    def _footers(self, names: Iterable[bytes]) -> Iterator[_Listing]:
        for name in names:
            try:
                with opened(self._folder.pack(name)) as fd:
                    yield name, os.fstat(fd).st_size, read_footer(fd, name)
            except (MlversionError, FileNotFoundError):
                self._unreadable.add(name)  # told by verify


def _connect(target: str) -> sqlite3.Connection:
    db = sqlite3.connect(target, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=full")
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


def _insert(db: sqlite3.Connection, packs: Iterable[_Listing], *, clear: bool = False) -> None:
    db.execute("begin immediate")
    try:
        if clear:
            for table in sorted(_TABLES):
                db.execute(f"delete from {table}")  # noqa: S608 (our own words)
        for name, size, footer in packs:
            chunks = ((*chunk, name) for chunk in footer.chunks)
            manifests = ((*manifest, name) for manifest in footer.manifests)
            db.executemany("insert or ignore into chunk values(?,?,?,?,?,?,?)", chunks)
            db.executemany("insert or replace into manifest values(?,?,?,?)", manifests)
            db.execute("insert or ignore into pack values(?,?)", (name, size))
        db.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("rollback")
        raise
