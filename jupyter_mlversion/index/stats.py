"""Which files have been digested already, so that those that did not change are not read again."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.digest import Digest, is_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_FINE = 100_000_000
"""Nanoseconds: a clock tick of a file system that keeps parts of a second, generously."""

_COARSE = 2_000_000_000
"""Nanoseconds: the same for one that keeps whole seconds, or (FAT) every other one."""

_INSERT = """INSERT OR REPLACE INTO stats (path, size, mtime_ns, ctime_ns, ino, mode, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_SELECT = """SELECT digest FROM stats
    WHERE path = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ? AND ino = ? AND mode = ?"""


def find(connection: sqlite3.Connection, path: str, stat: os.stat_result) -> Digest | None:
    """The digest that the file had when it looked like `stat`."""
    row = connection.execute(_SELECT, _key(path, stat)).fetchone()
    if row is None:
        return None
    if not is_digest(row[0]):
        message = f"{row[0]!r} is no digest"
        raise ValueError(message)
    return Digest(row[0])


def keep(connection: sqlite3.Connection, files: Iterable[tuple[str, os.stat_result, Digest]], at_ns: int) -> None:
    """Records the digests of files, but not of those that could change after `at_ns` and look the same."""
    rows = [(*_key(path, stat), digest) for path, stat, digest in files if not is_racy(stat, at_ns)]
    connection.executemany(_INSERT, rows)


def is_racy(stat: os.stat_result, at_ns: int) -> bool:
    """Whether the file could change after `at_ns` (nanoseconds since the epoch) and still look like `stat`."""
    whole = stat.st_mtime_ns % 1_000_000_000 == 0 and stat.st_ctime_ns % 1_000_000_000 == 0
    return max(stat.st_mtime_ns, stat.st_ctime_ns) >= at_ns - (_COARSE if whole else _FINE)


def now() -> int:
    """The moment of recording."""
    return time.time_ns()


def _key(path: str, stat: os.stat_result) -> tuple[bytes, int, int, int, str, int]:
    return (os.fsencode(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, str(stat.st_ino), stat.st_mode)
