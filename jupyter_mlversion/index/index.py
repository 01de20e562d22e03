"""Quick answers about the versions of one workspace."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.index import facts, lost, news, stats, versions
from jupyter_mlversion.index import looks as looks_table
from jupyter_mlversion.index.database import BadFile, Database
from jupyter_mlversion.index.refresh import refresh

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.listing import Listing, Status
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import Entry, History, Said
    from jupyter_mlversion.index import nodes as graph
    from jupyter_mlversion.index.looks import Looks
    from jupyter_mlversion.index.lost import Lost
    from jupyter_mlversion.index.outcome import Outcome
    from jupyter_mlversion.query import Node

T = TypeVar("T")

Mark = tuple[int, int]
"""A moment: which file it was, and what was told last."""

_ATTEMPTS = 3
_SLICE = 500


class Index:
    """A cache in SQLite; usable from several threads and processes, and after a fork.

    Nothing is only here, except that a checkpoint found nothing changed, what versions lack (both would be found
    again) and the digests of unchanged files (they would be read again). A file that is missing, corrupt, foreign or of
    another schema is made again, and filled from the history that `refresh` was last given.

    Parameters
    ----------
    path : the file, as ``.mlversion/index.sqlite``.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._history: History | None = None
        self._filled = 0

    def refresh(self, history: History) -> None:
        """Brings the index up to what the refs of `history` say: no process when they did not change.

        Raises
        ------
        CorruptHistory : a version cannot be read.
        FileFailure, DiskFull, Busy : the index cannot be written.
        """
        self._history = history
        self._filled = 0
        self._ask(lambda _: None)

    def add(self, entry: Entry, changes: Iterable[tuple[str, str]] | None = None) -> None:
        """Adds a version that was just appended. Left to `refresh` when its parents are not known here yet.

        Parameters
        ----------
        changes : the files that it changed, as for `fill_changes`, if they are known.
        """
        def write(connection: sqlite3.Connection) -> None:
            versions.add(connection, [entry])
            if changes is not None:
                facts.keep_changes(connection, entry.version.id, changes)

        self._ask(write, write=True)

    def said(self, said: Said | None) -> None:
        """Learns what was just said of versions, if it knew what was said before; else that is left to `refresh`."""
        if said is not None:
            with suppress(MlversionError):  # it was said, whatever becomes of the index
                self._ask(lambda connection: versions.say(connection, said), write=True)

    def outcome(self, key: str) -> Outcome | None:
        """What became of the checkpoint `key`; None when nothing is known of it."""
        return self._ask(lambda connection: versions.outcome(connection, key))

    def settle(self, key: str, version: str | None) -> None:
        """Records what became of the checkpoint `key`: the full id of its version, or None for unchanged."""
        self._ask(lambda connection: versions.settle(connection, key, version), write=True)

    def log(self, *, line: str | None = None, limit: int | None = None, before: str | None = None,
            safety: bool = True, hidden: bool = False) -> list[Version]:
        """Versions, newest first: by time, children before parents, then by id.

        Parameters
        ----------
        line : only those of this line.
        limit : at most so many.
        before : only those that come after this full id in the list (the next page).
        safety : whether safety versions are among them.
        hidden : whether deleted versions are.

        Raises
        ------
        UnknownVersion : `before` is no version.
        """
        return self._ask(lambda connection: versions.log(connection, line=line, limit=limit, before=before,
                                                         safety=safety, hidden=hidden))

    def search(self, node: Node, *, line: str | None = None, sort: str | None = None, descending: bool = True,
               limit: int | None = None, offset: int = 0, safety: bool = True) -> tuple[list[Version], int]:
        """Versions that fit a query, and how many there are in all.

        Parameters
        ----------
        node : the query; where it asks for changed files, `fill_changes` comes before.
        sort : ``metric.NAME``, ``param.NAME``, ``time`` or another field; None: newest first. Versions without the
            value come last.
        limit, offset : at most so many, after leaving out so many.

        Raises
        ------
        UsageError : versions cannot be sorted so.
        """
        from jupyter_mlversion.index.search import search  # a checkpoint asks nothing

        ids, total = self._ask(lambda connection: search(connection, node, line=line, sort=sort, descending=descending,
                                                         limit=limit, offset=offset, safety=safety))
        return self.listed(ids), total

    def ids(self, node: Node, *, line: str | None = None, sort: str | None = None, descending: bool = True,
            safety: bool = True) -> list[str]:
        """The full ids of all versions that fit a query; see `search`."""
        from jupyter_mlversion.index.search import every

        return self._ask(lambda connection: every(connection, node, line=line, sort=sort, descending=descending,
                                                  safety=safety))

    def mended(self, ids: Sequence[str], touched: Collection[str], node: Node, *, line: str | None = None,
               sort: str | None = None, descending: bool = True, safety: bool = True) -> list[str]:
        """What `ids` answers now; `ids` is what it answered before something happened to `touched` (see `news`)."""
        from jupyter_mlversion.index.search import mended

        return self._ask(lambda connection: mended(connection, ids, touched, node, line=line, sort=sort,
                                                   descending=descending, safety=safety))

    def mark(self) -> Mark:
        """Names the present moment for `news`."""
        return self._ask(lambda connection: (self._database.opened, news.last(connection)))

    def news(self, mark: Mark) -> frozenset[str] | None:
        """The full ids of versions that came or went since `mark`, or of which something else is said; None: too many.

        Which files versions changed is no news.
        """
        opened, number = mark
        return self._ask(lambda connection: news.since(connection, number) if opened == self._database.opened else None)

    def listed(self, ids: Sequence[str]) -> list[Version]:
        """The versions with these full ids, in that order; those that are gone are left out."""
        parts = [ids[start:start + _SLICE] for start in range(0, len(ids), _SLICE)]
        return self._ask(lambda connection: [one for part in parts for one in versions.listed(connection, part)])

    def safeties(self, line: str | None) -> int:
        """How many safety versions there are, of one line or all."""
        from jupyter_mlversion.index import nodes as graph

        return self._ask(lambda connection: graph.safeties(connection, line))

    def nodes(self, known: Collection[str]) -> dict[str, graph.Node]:
        """The versions that are not among `known`, in the graph: by full id."""
        from jupyter_mlversion.index import nodes as graph

        return self._ask(lambda connection: dict(graph.nodes(connection, graph.unknown(connection, known))))

    def nodes_of(self, ids: Iterable[str]) -> dict[str, graph.Node]:
        """The versions with these full ids in the graph, as far as they are there."""
        from jupyter_mlversion.index import nodes as graph

        return self._ask(lambda connection: dict(graph.nodes(connection, ids)))

    def count(self, node: Node, *, line: str | None = None, safety: bool = True) -> int:
        """How many versions fit a query; see `search`."""
        from jupyter_mlversion.index.search import count

        return self._ask(lambda connection: count(connection, node, line=line, safety=safety))

    def unknown_changes(self, among: Collection[str] | None = None) -> list[str]:
        """Full ids of the versions (or of those `among` these) of which it is not recorded which files they changed."""
        return self._ask(lambda connection: facts.unknown_changes(connection, among))

    def fill_changes(self, changes: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Records what versions changed: full id → workspace path and ``added``, ``modified`` or ``removed``."""

        def fill(connection: sqlite3.Connection) -> None:
            for id_, own in changes.items():
                facts.keep_changes(connection, id_, own)

        self._ask(fill, write=True)

    def names(self) -> tuple[list[str], list[str]]:
        """The metrics and the parameters that versions have, sorted."""
        found = self._ask(facts.names)
        return ([name for name, kind in found if kind == facts.METRIC],
                [name for name, kind in found if kind == facts.PARAM])

    def texts(self, of: str) -> list[str]:
        """The texts that versions have in a field, or as a parameter (``param.NAME``): the newest, or most frequent."""
        from jupyter_mlversion.index.texts import texts

        return self._ask(lambda connection: texts(connection, of))

    def counted_names(self) -> list[tuple[str, str, int]]:
        """The metrics and the parameters that versions have, sorted: name, ``metric`` or ``param``, of how many."""
        found = self._ask(facts.counted)
        return [(name, "metric" if kind == facts.METRIC else "param", count) for name, kind, count in found]

    def version(self, id_: str) -> Version | None:
        """The version with that full id, or None."""
        return self._ask(lambda connection: versions.find(connection, id_))

    def begun(self, prefix: str) -> list[str]:
        """The full ids that begin so, sorted; `prefix` is of hexadecimal digits."""
        asked = "SELECT id FROM versions WHERE id >= ? AND id < ? ORDER BY id"
        return self._ask(lambda connection: [
            id_ for (id_,) in connection.execute(asked, (prefix, f"{prefix}g"))])

    def keep_lost(self, found: Iterable[Lost], *, of: Collection[str] | None = None, damaged: bool) -> None:
        """Records what versions lack; see `lost.keep`."""
        rows = list(found)
        self._ask(lambda connection: lost.keep(connection, rows, of, damaged=damaged), write=True)

    def lost(self, ids: Collection[str]) -> list[Lost]:
        """What the versions with these full ids lack, as it was last found."""
        return self._ask(lambda connection: lost.find(connection, ids))

    def equality_of(self, id_: str) -> str | None:
        """What decides whether a checkpoint after that version changed anything; None when it is not known here."""
        return self._ask(lambda connection: versions.equality_of(connection, id_))

    def digest_for(self, path: str, stat: Status) -> Digest | None:
        """The digest of the file at workspace `path`, if it was recorded and the file still looks the same."""
        return self.digests_for([(path, stat)]).get(path)

    def digests_for(self, files: Iterable[tuple[str, Status]]) -> dict[str, Digest]:
        """`digest_for` of many files: path → digest, of those that are known."""
        wanted = list(files)
        return self._ask(lambda connection: stats.find_each(connection, wanted)) if wanted else {}

    def digests_in(self, listings: Iterable[Listing]) -> dict[str, dict[str, Digest]]:
        """`digest_for` of whole folders: folder → name → digest, of those that are known."""
        wanted = list(listings)
        if not wanted:
            return {}
        return self._ask(lambda connection: {one.folder: stats.find(connection, one) for one in wanted})

    def remember(self, path: str, stat: Status, digest: Digest, *, at_ns: int | None = None) -> None:
        """Records the digest of a file; see `remember_many`."""
        self.remember_many([(path, stat, digest)], at_ns=at_ns)

    def remember_many(self, files: Iterable[tuple[str, Status, Digest]], *, at_ns: int | None = None,
                      listings: Mapping[str, Listing] | None = None) -> None:
        """Records digests of files: workspace path, status, digest.

        Parameters
        ----------
        at_ns : when the first status was taken, nanoseconds since the epoch (default: now, right only when that was
            just before). A file changed hardly before then is left out: it could change again, unseen.
        listings : what folders hold that were looked at; files that are gone, or look otherwise by now, are dropped.
        """
        rows, moment = list(files), stats.now() if at_ns is None else at_ns
        if rows:
            self._ask(lambda connection: stats.keep(connection, rows, moment, listings or {}), write=True)

    def looks(self, line: str) -> Looks:
        """What is known of the folders of the head version of a line."""
        return self._ask(lambda connection: looks_table.read(connection, line))

    def keep_looks(self, line: str, looks: Looks, *, gone: Iterable[str] = (), after: str | None = None) -> None:
        """Records the folders of the version that is the head of a line.

        Parameters
        ----------
        looks : with all of them; with `after`, those that differ from what is known of that version.
        gone : with `after`, folders that are no more.
        """
        self._ask(lambda connection: looks_table.write(connection, line, looks, gone=gone, after=after), write=True)

    def close(self) -> None:
        """Lets go of the file; the next use opens it again."""
        self._database.close()

    def _ask(self, work: Callable[[sqlite3.Connection], T], *, write: bool = False) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                self._fill()
                return self._database.use(work, write=write)
            except BadFile:
                continue
        self._fill()
        return self._database.use(work, write=write)

    def _fill(self) -> None:
        """Reads the history, if the file has been made again, or may have been, since that was done."""
        opened = self._database.open()
        if self._history is not None and self._filled != opened:
            refresh(self._database, self._history)
            self._filled = opened
