"""Where every chunk and manifest lies: an SQLite cache of the packs' footers, which may be lost at any time.

Rows are facts about packs that never change (a pack is named by what it holds), so rows of different origin can be
mixed without harm. An index that is damaged or foreign is deleted and read again from the packs; where none can be
written (disk full, read-only folder) one in memory serves. A connection is never used in a forked child.

That the folder is as the index knows it is told by its stamp alone, so that the packs need not be listed.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store import table
from jupyter_mlversion.store.folder import Folder, sync_folder
from jupyter_mlversion.store.mount import is_network
from jupyter_mlversion.store.pack import opened, read_footer

if TYPE_CHECKING:
    from jupyter_mlversion.store.layout import Footer
    from jupyter_mlversion.store.place import Place

_T = TypeVar("_T")
_inherited: list[sqlite3.Connection] = []  # of parent processes; closing them in a child could disturb the parent


class Index:
    """The index at `path` of the packs in `folder`; usable from several threads."""

    def __init__(self, path: Path, folder: Folder) -> None:
        self._path = path
        self._folder = folder
        self._unreadable: set[bytes] = set()
        self._rebuilt_at: int | None = None
        self._forget()

    @property
    def nbytes(self) -> int:
        """Bytes of all packs."""
        return self._run(table.total)

    @property
    def epoch(self) -> str:
        """Another text whenever packs are listed no more, or the index was made again."""
        return self._run(table.epoch)

    def place(self, chunk_hash: bytes) -> Place | None:
        """Where a chunk lies."""
        return self._run(lambda db: table.place(db, chunk_hash))

    def places(self, hashes: Iterable[bytes]) -> dict[bytes, Place]:
        """Where those of the chunks lie that are in a pack."""
        wanted = tuple(hashes)
        return self._run(lambda db: table.places(db, wanted))

    def has(self, chunk_hash: bytes) -> bool:
        """Whether a chunk is in a pack."""
        return self._run(lambda db: table.has(db, chunk_hash))

    def hashes(self, limit: int) -> set[bytes] | None:
        """The chunks that are in packs; None when there are more than `limit`."""
        return self._run(lambda db: table.hashes(db, limit))

    def held(self, hashes: Collection[bytes]) -> set[bytes]:
        """Those of the chunks that are in a pack."""
        return self._run(lambda db: table.held(db, "chunk", hashes))

    def listed(self, hashes: Collection[bytes]) -> set[bytes]:
        """Those of the contents that have a manifest."""
        return self._run(lambda db: table.held(db, "manifest", hashes))

    def manifest_at(self, content: bytes) -> tuple[bytes, int, int] | None:
        """Where the manifest of a content lies: name of the pack, offset and length in bytes."""
        return self._run(lambda db: table.manifest_at(db, content))

    def contents_in(self, pack: bytes) -> list[bytes]:
        """The hashes of all that was read from the pack of that name: of its manifests and its chunks."""
        return self._run(lambda db: table.contents_in(db, pack))

    def add(self, name: bytes, size: int, footer: Footer, *, alone: bool = False) -> None:
        """List a durable pack of `size` bytes.

        Parameters
        ----------
        alone : whether nothing but this pack came or went since the index was last up to date.
        """
        stamp = self._mark() if alone else None
        self._run(lambda db: table.insert(db, [(name, size, footer)], stamp=stamp))
        self._note(stamp)

    def is_current(self) -> bool:
        """Whether nothing came or went since the index was last brought up to date."""
        with self._alone():
            return self._seen is not None and self._seen == self._folder.stamp()

    def adopt(self) -> None:
        """What came since the index was last up to date is no pack, and from the caller."""
        self._note(self._mark())

    def forget(self, names: Collection[bytes], *, instead: Iterable[table.Listing] = ()) -> None:
        """List packs no more, before they are removed: nobody may rely on what they hold from now on.

        Parameters
        ----------
        instead : packs that stay and hold some of the same, which is then found there.
        """
        listings = tuple(instead)
        self._run(lambda db: table.insert(db, listings, gone=names))
        self._note(None)

    def refresh(self, *, force: bool = False) -> bool:
        """Bring the index up to what is on disk, when that may have changed (or by `force`); whether it may have."""
        with self._alone():
            if self._inode is not None and self._inode != self._on_disk():
                self._close()
            if force:
                self._unreadable.clear()
            elif self._run(self._is_seen):
                return False
            self._run(lambda db: self._sync(db, force=force))
            return True

    def renew(self) -> None:
        """Forget everything, and read it again from the packs: rows may be wrong in a way that nobody notices."""
        with self._alone():
            self._give_up(sqlite3.DatabaseError("to be made anew"))
            self._unreadable.clear()
            self._run(lambda db: self._sync(db, force=True))

    def rebuild(self) -> None:
        """Read every pack again, unless that was done already and no pack came or went since."""
        with self._alone():
            if self._rebuilt_at is None or self._rebuilt_at != self._folder.stamp():
                self._run(lambda db: self._sync(db, force=True, every=True))
                self._rebuilt_at = self._folder.stamp()

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
        self._is_shared = False  # with other machines, whose changes are seen late
        self._seen: int | None = None  # the stamp that the folder had when the index was last brought up to date

    def _run(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._alone():
            for _ in range(2):
                try:
                    return action(self._connection())
                except (sqlite3.DatabaseError, OSError) as error:
                    self._give_up(error)
            self._unwritable = True
            return action(self._connection())

    def _give_up(self, error: sqlite3.DatabaseError | OSError) -> None:
        self._close()
        # exactly this class means: malformed, or not a database; its subclasses mean: locked, full, read-only...
        if type(error) is not sqlite3.DatabaseError:
            self._unwritable = True
            return
        try:
            with self._opening():
                for suffix in ("", "-wal", "-shm", "-journal"):
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
                self._db = table.connect(":memory:")
            else:
                with self._opening():
                    self._is_shared = is_network(self._path.parent)
                    self._db = table.connect(str(self._path), wal=not self._is_shared)
                    self._inode = self._on_disk()
            if not self._is_seen(self._db):
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

    def _is_seen(self, db: sqlite3.Connection) -> bool:
        """Whether nothing came or went since the index, or another process's use of it, was brought up to date."""
        stamp = self._folder.stamp()
        if self._seen != stamp:
            self._seen = table.stamp(db)
        return self._seen == stamp

    def _note(self, stamp: int | None) -> None:
        with self._alone():
            self._seen = stamp

    def _mark(self) -> int | None:
        return None if self._is_shared else self._folder.mark()

    def _sync(self, db: sqlite3.Connection, *, force: bool = False, every: bool = False) -> None:
        # the stamp first: what comes or goes from now on will change it. The index before the folder: a pack that
        # comes in between must not look like one that went.
        stamp = self._seen if self._is_seen(db) else self._mark()
        listed = table.packs(db)
        present = self._folder.names()
        gone = listed - present
        new = present - self._unreadable
        if not (gone or every):
            new -= listed
        if new or force:
            with suppress(OSError):
                sync_folder(self._folder.path)  # before anything relies on a pack that another process just named
        table.insert(db, self._footers(new), gone=gone, stamp=stamp)
        self._seen = stamp

    def _footers(self, names: Iterable[bytes]) -> Iterator[table.Listing]:
        for name in names:
            try:
                with opened(self._folder.pack(name)) as fd:
                    yield name, os.fstat(fd).st_size, read_footer(fd, name)
            except (MlversionError, FileNotFoundError):
                self._unreadable.add(name)  # told by verify
