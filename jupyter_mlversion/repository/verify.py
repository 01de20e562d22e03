"""Is everything that was ever promised still there?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.domain.digest import Digest, digest_of_hash
from jupyter_mlversion.errors import CorruptHistory, NotFound
from jupyter_mlversion.history import keeping
from jupyter_mlversion.repository.liveness import always_kept, named_in_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.index.lost import Lost
    from jupyter_mlversion.store import Store

Users = dict[Digest, tuple[set[str], set[str]]]


def verify(store: Store, history: History, index: Index, *, read_data: bool, progress: Progress) -> list[Damage]:
    """Every finding about chunks, manifests and history, each with the versions and paths that it touches.

    That a content which nothing needs lacks chunks is no damage: they were collected.

    Parameters
    ----------
    read_data : re-read and re-hash every chunk, not only their lists.
    """
    found = history.verify()
    users = users_of(history, index, progress)
    # what belongs to unfinished work and to no version yet is asked for by name, too
    alive = {digest_of_hash(content) for content in named_in_records(history.git_dir.parent)} | users.keys()
    found += (damage for damage in store.verify(read_data=read_data, progress=progress)
              if damage.kind != "missing" or damage.digest in alive)
    named = {damage.digest for damage in found}
    found += [
        Damage("missing", digest, detail="a version needs these bytes and the store does not have them")
        for digest in users
        if digest not in named and digest not in store
    ]
    return [_with_users(damage, users) for damage in found]


def lost_of(history: History, found: Sequence[Damage]) -> Iterator[Lost]:
    """What each version lacks because of that damage."""
    from jupyter_mlversion.index.lost import Lost

    gone = {damage.digest: damage.kind != "missing" for damage in found if damage.digest is not None}
    touched = sorted({id_ for damage in found if damage.digest is not None for id_ in damage.versions})
    with keeping():
        for id_ in touched:
            for digest, path in {*needed(history.snapshot(id_)), *_kept_of_splits(history.read(id_))}:
                if digest in gone:
                    yield Lost(id_, path, digest, gone[digest])


def users_of(history: History, index: Index, progress: Progress) -> Users:
    """The full ids of the versions that need each content, and the paths for which they do; not of deleted ones."""
    users: Users = {}
    always = always_kept(history)
    versions = [version for version in index.log(hidden=True) if not version.hidden or version.id in always]
    with keeping():
        for done, version in enumerate(versions):
            progress("reading versions", done, len(versions))
            try:
                snapshot = history.snapshot(version.id)
            except (CorruptHistory, NotFound):
                continue  # history.verify has named it
            for digest, path in (*needed(snapshot), *_kept_of_splits(version)):
                touched = users.setdefault(digest, (set(), set()))
                touched[0].add(version.id)
                touched[1].add(path)
    return users


def needed(snapshot: Snapshot) -> Iterator[tuple[Digest, str]]:
    """Every content that `snapshot` promises, with the path (or what stands for one) that it is for."""
    for artifact in snapshot.artifacts:
        if artifact.digest is not None and artifact.is_held:
            yield artifact.digest, artifact.path
    for run in snapshot.runs:
        if run.series is not None:
            yield run.series, f"metrics of {run.name or run.cell_id or 'a run'}"
        for logged in run.logged:
            yield logged.digest, f"{logged.kind} {logged.name}"
    for split in snapshot.splits:
        for digest, what in split.contents():
            yield digest, f"split {split.name}: {what}"
    if snapshot.code.diff is not None:
        yield snapshot.code.diff, "uncommitted changes of the code"


def _kept_of_splits(version: Version) -> Iterator[tuple[Digest, str]]:
    """What `version` keeps so that frozen parts are found again."""
    for part in version.frozen:
        yield part.rows, f"split {part.split}: frozen rows of {part.part}"
    if version.trained is not None:
        yield version.trained, "rows that were trained on"


def _with_users(damage: Damage, users: Users) -> Damage:
    if damage.digest is None or damage.digest not in users:
        return damage
    versions, paths = users[damage.digest]
    return replace(damage, versions=tuple(sorted(versions)), paths=tuple(sorted(paths)))
