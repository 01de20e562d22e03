"""Which files have been digested already, so that those that did not change are not read again.

One row for each folder: a look at 100,000 files is a look at as many rows as there are folders.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.digest import Digest, digest_of_hash, hash_of_digest
from jupyter_mlversion.domain.listing import WIDTH, Listing, Status, join_names, packed, split_names

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

_FINE = 100_000_000
"""Nanoseconds: a clock tick of a file system that keeps parts of a second, generously."""

_COARSE = 2_000_000_000
"""Nanoseconds: the same for one that keeps whole seconds, or (FAT) every other one."""

_SECOND = 1_000_000_000
_HASH = 32  # bytes of a digest in a row
_FACTS = 8 * WIDTH  # bytes of the facts of a file

_INSERT = "INSERT OR REPLACE INTO stats (folder, names, numbers, digests) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT names, numbers, digests FROM stats WHERE folder = ?"

Known = tuple[bytes, bytes]
"""What is kept of a file: its facts and its digest, as bytes."""


def find(connection: sqlite3.Connection, listing: Listing) -> dict[str, Digest]:
    """The digests, by name, of those files that look as they did when they were digested."""
    row = connection.execute(_SELECT, (os.fsencode(_key(listing.folder)),)).fetchone()
    if row is None:
        return {}
    now = listing.numbers.tobytes()
    if row[0] == join_names(listing.names) and len(row[2]) == _HASH * len(listing.names):  # as it nearly always is
        pairs = zip(listing.names, _slices(now, _FACTS), _slices(row[1], _FACTS), _slices(row[2], _HASH), strict=False)
        return {name: digest_of_hash(raw) for name, facts, old, raw in pairs if facts == old}
    known = _parsed(row, listing.folder)
    found: dict[str, Digest] = {}
    for name, facts in zip(listing.names, _slices(now, _FACTS), strict=True):
        old, raw = known.get(name, (b"", b""))
        if facts == old:
            found[name] = digest_of_hash(raw)
    return found


def find_each(connection: sqlite3.Connection, files: Iterable[tuple[str, Status]]) -> dict[str, Digest]:
    """The same for files of any folders, by path."""
    found: dict[str, Digest] = {}
    for folder, group in _by_folder(files):
        known = _row(connection, folder)
        for path, name, status in group:
            facts, raw = known.get(name, (b"", b""))
            if facts and facts == _packed(status):
                found[path] = digest_of_hash(raw)
    return found


def keep(connection: sqlite3.Connection, files: Iterable[tuple[str, Status, Digest]], at_ns: int,
         listings: Mapping[str, Listing]) -> None:
    """Records the digests of files, but not of those that could change after `at_ns` and look the same.

    Parameters
    ----------
    listings : what the folders hold that were looked at, by workspace path; what else was known of them is dropped.
    """
    digests = {path: digest for path, _, digest in files}
    for folder, group in _by_folder((path, status) for path, status, _ in files):
        fresh = {name: (_packed(status), hash_of_digest(digests[path]))
                 for path, name, status in group if not is_racy(status, at_ns)}
        old = _row(connection, folder)
        listing = None if folder.startswith("/") else listings.get(folder.rstrip("/"))
        now = fresh | {name: known for name, known in old.items() if name not in fresh}
        if listing is not None:
            present = _seen(listing)
            now = {name: known for name, known in now.items() if name in fresh or present.get(name) == known[0]}
        _write(connection, folder, now)


def is_racy(stat: Status, at_ns: int) -> bool:
    """Whether the file could change after `at_ns` (nanoseconds since the epoch) and still look like `stat`."""
    whole = stat.st_mtime_ns % _SECOND == 0 and stat.st_ctime_ns % _SECOND == 0
    return max(stat.st_mtime_ns, stat.st_ctime_ns) >= at_ns - (_COARSE if whole else _FINE)


def now() -> int:
    """The moment of recording."""
    return time.time_ns()


def _by_folder(files: Iterable[tuple[str, Status]]) -> Iterator[tuple[str, list[tuple[str, str, Status]]]]:
    """Folder, and path, name and status of each of `files` in it."""
    parts = sorted(((*_split(path), path, status) for path, status in files), key=itemgetter(0, 1))
    for folder, group in groupby(parts, key=itemgetter(0)):
        yield folder, [(path, name, status) for _, name, path, status in group]


def _split(path: str) -> tuple[str, str]:
    """Folder and name; the folder ends in ``/``, so that those outside of the workspace are told from those inside."""
    head, slash, name = path.rpartition("/")
    return head + slash, name


def _key(folder: str) -> str:
    return f"{folder}/" if folder else ""


def _seen(listing: Listing) -> dict[str, bytes]:
    return dict(zip(listing.names, _slices(listing.numbers.tobytes(), _FACTS), strict=True))


def _slices(data: bytes, length: int) -> Iterator[bytes]:
    return (data[start:start + length] for start in range(0, len(data), length))


def _packed(status: Status) -> bytes:
    facts = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode]
    return packed(facts).tobytes()


def _row(connection: sqlite3.Connection, folder: str) -> Mapping[str, Known]:
    row = connection.execute(_SELECT, (os.fsencode(folder),)).fetchone()
    return {} if row is None else _parsed(row, folder)


@lru_cache(maxsize=2)  # neighbours are asked for one after the other, and a folder may hold very many
def _parsed(row: tuple[bytes, bytes, bytes], folder: str) -> Mapping[str, Known]:
    names, numbers, digests = split_names(row[0]), row[1], row[2]
    if len(numbers) != _FACTS * len(names) or len(digests) != _HASH * len(names):
        message = f"the row of {folder!r} is not one of ours"
        raise ValueError(message)
    return dict(zip(names, zip(_slices(numbers, _FACTS), _slices(digests, _HASH), strict=True), strict=True))


def _write(connection: sqlite3.Connection, folder: str, known: Mapping[str, Known]) -> None:
    key = os.fsencode(folder)
    if not known:
        connection.execute("DELETE FROM stats WHERE folder = ?", (key,))
        return
    rows = known.values()
    connection.execute(_INSERT, (key, join_names(list(known)), b"".join(facts for facts, _ in rows),
                                 b"".join(raw for _, raw in rows)))
