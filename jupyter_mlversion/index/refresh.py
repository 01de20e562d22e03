"""How the index learns what happened in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history import NOTES
from jupyter_mlversion.index import nodes, versions

if TYPE_CHECKING:
    import sqlite3

    from jupyter_mlversion.domain.annotation import Annotation
    from jupyter_mlversion.history import Entry, History
    from jupyter_mlversion.index.database import Database


def refresh(database: Database, history: History) -> None:
    """Compares the refs with those last seen, and adds and drops what became reachable and unreachable."""
    seen = database.use(versions.refs)
    now = history.every_ref()
    if seen == now:
        return
    try:
        _update(database, history, seen, now)
    except CorruptHistory:
        if not seen:
            raise
        # What was seen is of another history, perhaps, that was in this place before: nothing of it counts.
        _update(database, history, {}, now)


def _update(database: Database, history: History, seen: dict[str, str], now: dict[str, str]) -> None:
    old, new = _tips(seen), _tips(now)
    parents = database.use(lambda connection: nodes.between(connection, new, old)) if seen else None
    entries: list[Entry] = []
    if parents is None:  # who made them did not tell: Git has to be asked
        added = history.reachable(sorted(new - old), sorted(old))
        entries = list(history.entries(reversed(added))) if added else []
        parents = {parent for entry in entries for parent in entry.version.parents}
    # The old tip of a branch that moved on is a parent of what was added; any other that is gone may have been lost.
    gone = old - new - parents
    lost = history.reachable(sorted(gone), sorted(new)) if gone else []
    notes = _Notes(history, seen.get(NOTES), now.get(NOTES))

    def write(connection: sqlite3.Connection) -> None:
        if not seen:
            versions.clear(connection)
        versions.add(connection, entries)
        versions.drop(connection, lost)
        if notes.moved:
            versions.keep_annotations(connection, notes.said, whole=notes.whole)
        versions.replace_refs(connection, now)

    database.use(write, write=True)


class _Notes:
    """What is said of versions and was not when the notes were last looked at; `whole`: that is all there is."""

    def __init__(self, history: History, old: str | None, new: str | None) -> None:
        self.moved = old != new
        self.whole = old is None or new is None
        self.said: dict[str, Annotation] = {}
        if old is None or new is None:
            self.said = history.annotations() if self.moved else {}
        elif self.moved:
            self.said = history.annotations_since(old, new)


def _tips(refs: dict[str, str]) -> set[str]:
    return {id_ for ref, id_ in refs.items() if versions.holds_versions(ref)}
