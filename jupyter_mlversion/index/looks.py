"""How the folders of the workspace looked when the head version of a line was made: those that still do are in it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_HASH = 32


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a version.

    Parameters
    ----------
    listing : hash of how the folder looked, and of all rules by which its files were chosen; empty when a look that
        finds the same would prove nothing (a file changed just before, or could not be read).
    files : artifacts that are directly in it.
    equality : hash of what of them decides whether a checkpoint changes anything.
    """

    listing: bytes
    files: int
    equality: bytes


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of a line.

    Parameters
    ----------
    version : full id of the version whose folders these are; empty when nothing is known.
    rules : hash of the rules by which its files were chosen.
    folders : all its folders that hold artifacts, and those that were looked at and hold none, by workspace path.
    """

    version: str = ""
    rules: bytes = b""
    folders: Mapping[str, Folder] = field(default_factory=dict)


def read(connection: sqlite3.Connection, line: str) -> Looks:
    """What is known of a line."""
    row = connection.execute("SELECT version, rules FROM looked WHERE line = ?", (line,)).fetchone()
    if row is None:
        return Looks()
    rows = connection.execute("SELECT folder, listing, files, equality FROM looks WHERE line = ?", (line,))
    return Looks(row[0], row[1], {os.fsdecode(name): _folder(*rest) for name, *rest in rows})


def write(connection: sqlite3.Connection, line: str, looks: Looks, *, gone: Iterable[str] = (),
          after: str | None = None) -> None:
    """Records the folders of a version.

    Parameters
    ----------
    looks : with all of them; with `after`, those that differ from what is known of that version.
    gone : with `after`, folders that are no more.
    """
    row = connection.execute("SELECT version FROM looked WHERE line = ?", (line,)).fetchone()
    if after is not None and (row is None or row[0] != after):
        forget(connection, line)
        return
    if after is None:
        forget(connection, line)
    connection.executemany("DELETE FROM looks WHERE line = ? AND folder = ?",
                           ((line, os.fsencode(name)) for name in gone))
    connection.executemany("INSERT OR REPLACE INTO looks (line, folder, listing, files, equality)"
                           " VALUES (?, ?, ?, ?, ?)",
                           ((line, os.fsencode(name), folder.listing, folder.files, folder.equality)
                            for name, folder in looks.folders.items()))
    connection.execute("INSERT OR REPLACE INTO looked (line, version, rules) VALUES (?, ?, ?)",
                       (line, looks.version, looks.rules))


def forget(connection: sqlite3.Connection, line: str) -> None:
    """Forgets what is known of a line."""
    connection.execute("DELETE FROM looks WHERE line = ?", (line,))
    connection.execute("DELETE FROM looked WHERE line = ?", (line,))


def _folder(listing: bytes, files: int, equality: bytes) -> Folder:
    if len(listing) not in (0, _HASH) or len(equality) != _HASH:
        message = "a row of looks is not one of ours"
        raise ValueError(message)
    return Folder(listing, files, equality)
