"""The file behind the index."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.errors import Busy, DiskFull, FileFailure
from jupyter_mlversion.history.lock import writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

APPLICATION = 0x6D6C7669
"""``mlvi``: marks the file as ours."""

SCHEMA = 8
"""Number of the tables below; a file with another one is made again."""

_TABLES = """
CREATE TABLE refs (name TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE versions (id TEXT PRIMARY KEY, line TEXT NOT NULL, time INTEGER NOT NULL, generation INTEGER NOT NULL,
    safety INTEGER NOT NULL, key BLOB NOT NULL, equality TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX versions_in_order ON versions (time, generation, id);
CREATE INDEX versions_of_line ON versions (line, time, generation, id);
CREATE INDEX versions_by_key ON versions (key);
CREATE TABLE annotations (id TEXT PRIMARY KEY, hidden INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX annotations_hidden ON annotations (id) WHERE hidden;
CREATE TABLE facts (version INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL, safety INTEGER NOT NULL,
    time INTEGER NOT NULL, generation INTEGER NOT NULL, author TEXT, branch TEXT, bytes REAL, cell TEXT, document TEXT,
    files REAL, message TEXT, note TEXT, notebook TEXT, seconds REAL, trigger TEXT, words TEXT NOT NULL);
CREATE INDEX facts_in_order ON facts (time, generation, id, safety);
CREATE INDEX facts_of_line ON facts (line, time, generation, id, safety);
CREATE INDEX facts_of_safeties ON facts (line, id) WHERE safety = 1;
CREATE TABLE names (key INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, UNIQUE (name, kind));
CREATE TABLE logged (key INTEGER NOT NULL, version INTEGER NOT NULL, number REAL, text TEXT, folded TEXT,
    PRIMARY KEY (key, version)) WITHOUT ROWID;
CREATE INDEX logged_of ON logged (version);
CREATE INDEX logged_numbers ON logged (key, number);
CREATE TABLE changed (version INTEGER NOT NULL, path TEXT NOT NULL, change TEXT NOT NULL,
    PRIMARY KEY (version, path)) WITHOUT ROWID;
CREATE TABLE lost (version TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL,
    damaged INTEGER NOT NULL, PRIMARY KEY (version, path)) WITHOUT ROWID;
CREATE TABLE news (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL);
CREATE TABLE outcomes (key BLOB PRIMARY KEY, version TEXT) WITHOUT ROWID;
CREATE TABLE stats (folder BLOB PRIMARY KEY, names BLOB NOT NULL, numbers BLOB NOT NULL, digests BLOB NOT NULL);
CREATE TABLE looks (line TEXT NOT NULL, folder BLOB NOT NULL, listing BLOB NOT NULL, files INTEGER NOT NULL,
    equality BLOB NOT NULL, PRIMARY KEY (line, folder)) WITHOUT ROWID;
CREATE TABLE looked (line TEXT PRIMARY KEY, version TEXT NOT NULL, rules BLOB NOT NULL) WITHOUT ROWID;
"""
_WAIT = 30.0  # seconds for another process's write
_PAUSE = 0.002
_BAD = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_abandoned: list[sqlite3.Connection] = []  # of a parent process: a child may neither use nor close them


class BadFile(Exception):
    """The file was corrupt or foreign; an empty one is in its place."""


class Database:
    """One SQLite file and this process's connection to it; usable from several threads, and after a fork.

    Parameters
    ----------
    path : the file; made when missing, made again (empty) when it is corrupt, foreign or of another schema.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.opened = 0
        self._forget()

    def open(self) -> int:
        """Makes sure that the connection is to the file that is there now.

        Returns
        -------
        How often one was opened: what was known of the file's content may no longer hold after that.

        Raises
        ------
        FileFailure, DiskFull, Busy : the file cannot be used.
        """
        if self._pid != os.getpid():
            if self._connection is not None:
                _abandoned.append(self._connection)
            self._forget()
        with self._lock:
            inode, size = _look(self._path)
            if self._connection is not None and inode and not size:
                self._renew()  # somebody truncated it under us: one that is in use is never without its first page
            if self._connection is None or self._inode != inode:
                self._drop()
                self._connect()
            return self.opened

    def use(self, work: Callable[[sqlite3.Connection], T], *, write: bool = False) -> T:
        """What `work` answers, given the connection; with `write`, within one transaction that is undone if it raises.

        Raises
        ------
        BadFile : the file was corrupt; do it again.
        FileFailure, DiskFull, Busy : the file cannot be used.
        """
        self.open()
        with self._lock:
            if self._connection is None:
                raise BadFile
            try:
                return _transaction(self._connection, work) if write else work(self._connection)
            except (sqlite3.Error, ValueError) as error:
                if not _is_bad(error):
                    raise typed(error, self._path) from error
                self._renew()
                raise BadFile from error

    def close(self) -> None:
        """Lets go of the file; the next use opens it again."""
        with self._lock:
            self._drop()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def _drop(self) -> None:
        if self._connection is not None and self._pid == os.getpid():
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _connect(self) -> None:
        try:
            self._connection = _connection(self._path)
            if not _is_ours(self._connection):
                self._make()
        except sqlite3.Error as error:
            if not _is_bad(error):
                self._drop()
                raise typed(error, self._path) from error
            self._make()
        self._inode = _inode(self._path)
        self.opened += 1

    def _make(self) -> None:
        """Puts our tables into a new file, or an empty file of ours into the place of another one."""
        with writing(self._path.parent / "locks" / "index.lock", "the index"):
            try:
                self._drop()
                self._connection = _connection(self._path)
                if _is_ours(self._connection):
                    return  # another process was first
                fresh = not self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            except sqlite3.Error:
                fresh = False
            try:
                if not fresh:
                    self._drop()
                    _remove(self._path)
                    self._connection = _connection(self._path)
                if self._connection is not None:
                    _fill(self._connection)
            except sqlite3.Error as error:
                self._drop()
                raise typed(error, self._path) from error

    def _renew(self) -> None:
        """Removes the file, unless another process has already put a new one into its place."""
        with writing(self._path.parent / "locks" / "index.lock", "the index"):
            bad = self._inode
            self._drop()
            if bad == _inode(self._path):
                _remove(self._path)


def typed(error: Exception, path: Path) -> Exception:
    """The error of ours for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(f"The disk is full: {path}", hint="Make room, then try again; nothing was lost.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"another process is using {path}", hint="Wait until it is done, then try again.")
    if isinstance(error, sqlite3.OperationalError):
        return FileFailure(f"{path} cannot be used: {error}", hint="It can be deleted: it is made again.")
    return error


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        # A power cut may cost the last writes, never the file; what is lost is read from the history again.
        connection.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Lets readers and a writer work at once; SQLite does not wait by itself for another that does the same."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _is_ours(connection: sqlite3.Connection) -> bool:
    marks = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    return marks == [APPLICATION, SCHEMA]


def _fill(connection: sqlite3.Connection) -> None:
    marks = f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={SCHEMA};"
    connection.executescript(f"BEGIN EXCLUSIVE; {_TABLES} {marks} COMMIT;")


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return answer


def _is_bad(error: Exception) -> bool:
    """Whether `error` says that the file's content is none of ours: broken pages, missing tables, unreadable rows."""
    if isinstance(error, ValueError):
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    missing = code == sqlite3.SQLITE_ERROR and str(error).startswith(("no such", "table", "malformed"))
    return code & 0xFF in _BAD or code == sqlite3.SQLITE_IOERR_SHORT_READ or missing


def _look(path: Path) -> tuple[int, int]:
    """The inode and the size of a file; zeros when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_ino, found.st_size


def _inode(path: Path) -> int:
    return _look(path)[0]


def _remove(path: Path) -> None:
    try:
        for suffix in ("-wal", "-shm", "-journal", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        message = f"{path} is no index of ours and cannot be removed: {error.strerror}"
        raise FileFailure(message, hint="Remove it: it is made again.") from error
