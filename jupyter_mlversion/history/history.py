"""The versions of one workspace."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.annotation import NOTHING, Annotation, annotated
from jupyter_mlversion.domain.artifact import by_folder
from jupyter_mlversion.domain.version import Head, Trigger, Version
from jupyter_mlversion.errors import CorruptHistory, FileFailure, NoRoom, UnknownVersion
from jupyter_mlversion.history import annotation, commit, direct, lookup, names, refs, upkeep, walk
from jupyter_mlversion.history.annotation import Said
from jupyter_mlversion.history.author import author_at
from jupyter_mlversion.history.changes import changes_of
from jupyter_mlversion.history.create import create
from jupyter_mlversion.history.git import Git
from jupyter_mlversion.history.lock import writing
from jupyter_mlversion.history.naming import Naming, moved
from jupyter_mlversion.history.reader import reading
from jupyter_mlversion.history.refs import Transaction
from jupyter_mlversion.history.resolve import reachable, resolve
from jupyter_mlversion.history.runs import runs_of
from jupyter_mlversion.history.sight import Sight
from jupyter_mlversion.history.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.artifact import Artifact, Folders
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.history.entry import Entry
    from jupyter_mlversion.history.refs import Standing

_SLICE = 256


class History(Naming):
    """Versions in a private bare Git repository; usable from several threads and processes at once.

    Parameters
    ----------
    git_dir : the repository, as ``.mlversion/history.git``; need not exist yet.
    """

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir
        self._git = Git.of(git_dir)
        self._sight = Sight(self._git)
        self._known: dict[str, Standing] = {}  # what head() saw; append() then need not look again

    def exists(self) -> bool:
        """Whether the repository was made."""
        return (self.git_dir / "HEAD").is_file()

    def create(self) -> None:
        """Makes the repository, unless it exists.

        Raises
        ------
        MissingGit, DiskFull, FileFailure : it cannot be made.
        """
        if not self.exists():
            with self._writing() as git:
                if not self.exists():
                    upkeep.sweep(self.git_dir)
                    create(git)

    def append(self, draft: Version, snapshot: Snapshot, *, key: str, equality: str, head: Head,
               changed: Mapping[str, Sequence[Artifact]] | None = None) -> Version:
        """Adds a version, and moves the line's head to it (not for a safety version).

        Parameters
        ----------
        draft : the version; its `id`, `short`, tags and annotation do not count, an empty `author` is filled in.
        key : of the checkpoint.
        equality : see `Entry`.
        head : where the caller saw the line stand.
        changed : all artifacts of those folders (see `folder_of`) that differ from the first parent's; other folders
            stay as they are there, and the artifacts of `snapshot` do not count. None: they are all there are.

        Raises
        ------
        Moved : the line stands elsewhere by now; nothing was added.
        UsageError : the line or branch cannot be named so.
        OutsideWorkspace : the path of an artifact leads out of the workspace.
        DiskFull, FileFailure, MissingGit, Busy : nothing was added.
        """
        draft = commit.normal(draft, draft.author or author_at(self.git_dir.parent.parent))
        safety = draft.trigger is Trigger.SAFETY
        names.check_name("line", draft.line)
        if not safety:
            names.check_name("branch", draft.branch)
        name, email = author = commit.person(draft.author)
        draft = replace(draft, author=f"{name} <{email}>" if email else name)
        writer = Writer()
        writer.commit(author=author, seconds=int(draft.time.timestamp()),
                      message=commit.message_bytes(draft.message, key),
                      parents=[names.check_id(parent) for parent in draft.parents],
                      files=commit.files(draft, snapshot, key, equality,
                                         by_folder(snapshot.artifacts) if changed is None else changed),
                      keep=changed is not None)
        with self._writing() as git:
            id_ = self._keep(git, writer, draft) if safety else self._advance(git, writer, draft, head)
        with reading(self._git) as reader:
            short, _ = next(lookup.abbreviated(reader, [id_]))
        return replace(draft, id=id_, short=short, labels=(), tags=())

    def read(self, id_: str) -> Version:
        """One version.

        Raises
        ------
        UnknownVersion : there is none with that full id.
        CorruptHistory : it cannot be read.
        """
        return self._entry(id_).version

    def key_of(self, id_: str) -> str:
        """The key of the checkpoint that made a version; errors as `read`."""
        return self._entry(id_).key

    def equality_of(self, id_: str) -> str:
        """What decides whether a checkpoint after this version changed anything; errors as `read`."""
        return self._entry(id_).equality

    def snapshot(self, id_: str) -> Snapshot:
        """The snapshot of a version; errors as `read`."""
        return commit.snapshot_from(id_, lookup.tree(self._git, id_))

    def runs(self, ids: Sequence[str]) -> dict[str, tuple[Run, ...]]:
        """The runs of many versions by full id, by one process; errors as `runs_of`."""
        return runs_of(self._git, ids)

    def folders(self, id_: str, folders: Iterable[str] | None = None) -> tuple[Snapshot, Folders]:
        """The snapshot of a version without its artifacts, and these by folder (see `folder_of`); errors as `read`.

        Parameters
        ----------
        folders : only the artifacts that are directly in these.
        """
        wanted = None if folders is None else commit.files_for(folders)
        return commit.folders_from(id_, lookup.tree(self._git, id_, wanted))

    def entries(self, ids: Iterable[str]) -> Iterator[Entry]:
        """The versions of full `ids`, in that order, all by one process; errors as `read`."""
        known = self.every_ref()
        tags = lookup.tags_by_id(known)
        wanted = iter(ids)
        with reading(self._git) as reader:
            while slice_ := [names.check_id(id_) for id_ in islice(wanted, _SLICE)]:
                notes = annotation.annotations_of(reader, slice_) if names.NOTES in known else {}
                for entry in commit.entries_from(lookup.rows(reader, slice_)):
                    id_ = entry.version.id
                    said = annotated(entry.version, notes.get(id_, NOTHING), tags.get(id_, ()))
                    yield replace(entry, version=said)

    def changes(self, ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """The files that versions changed against their first parents; errors as `read`.

        Returns
        -------
        Full id → workspace path and ``added``, ``modified`` or ``removed``.
        """
        versions = [entry.version for entry in self.entries(ids)]
        with reading(self._git) as reader:
            return {version.id: list(changes_of(reader, version.id, next(iter(version.parents), None)))
                    for version in versions}

    def head(self, line: str) -> Head:
        """Where a line stands; ``main`` without a version before its first one."""
        names.check_name("line", line)
        standing = direct.standing_of(self.git_dir, line)
        if standing is None:
            if not self.exists():
                return refs.Standing(line).head
            standing = refs.standings(self._git, line)[line]
        self._known[line] = standing
        return standing.head

    def heads(self) -> dict[str, Head]:
        """Where every line stands that has a version."""
        if not self.exists():
            return {}
        heads = {line: standing.head for line, standing in self._sight.standings().items()}
        return {line: head for line, head in heads.items() if head.version is not None}

    def tips(self, line: str) -> tuple[str, ...]:
        """The newest version of each branch of a line; where `head` was asked, as it saw them."""
        standing = self._known.get(line)
        return tuple((self.branches(line) if standing is None else standing.branches).values())

    def file(self, ids: Iterable[str], path: str) -> Iterator[bytes | None]:
        """The file at `path` in the tree of each version; None where it has none."""
        with reading(self._git) as reader:
            yield from walk.file(reader, ids, path)

    def say(self, ids: Sequence[str], **said: Any) -> Said | None:
        """Changes what is said of versions, all at once: `said` are fields of `Annotation` and their new values.

        Returns
        -------
        What the index is to be told; None when nothing was changed.

        Raises
        ------
        UnknownVersion : one of them does not exist; nothing was changed.
        """
        return self.annotate(ids, lambda before: replace(before, **said))

    def annotate(self, ids: Sequence[str], change: Callable[[Annotation], Annotation]) -> Said | None:
        """As `say`: what is said of each version becomes what `change` makes of it."""
        list(self.entries(ids))
        with self._writing() as git:
            tip = refs.every(git, names.NOTES).get(names.NOTES)
            author = commit.person(author_at(self.git_dir.parent.parent))
            with reading(git) as reader:
                draft = annotation.draft(reader, ids, change, tip, author)
            if draft is None:
                return None
            writer, said = draft
            new, = writer.write(git)
            transaction = Transaction()
            transaction.move(names.NOTES, new, tip)
            self._commit(git, transaction)
            return Said(tip, new, said)

    def annotations(self) -> dict[str, Annotation]:
        """What is said of every version of which something is: full id → annotation."""
        tip = self.every_ref().get(names.NOTES)
        if tip is None:
            return {}
        with reading(self._git) as reader:
            return annotation.all_annotations(reader, tip)

    def annotations_since(self, before: str, tip: str) -> dict[str, Annotation]:
        """What is said of the versions whose annotations differ between two commits of theirs; see `annotation`."""
        with reading(self._git) as reader:
            return annotation.annotations_since(reader, before, tip)

    def files(self, ids: Iterable[str], seen: set[str]) -> Iterator[tuple[bytes, bytes]]:
        """The files of versions, path in the commit's tree and bytes, each object once; see `walk.files`."""
        with reading(self._git) as reader:
            yield from walk.files(reader, ids, seen)

    def files_of_each(self, ids: Iterable[str], seen: Collection[str]) -> Iterator[tuple[str, list[walk.File]]]:
        """The files of one version after the other that are not in `seen`, by one process; see `walk.files`."""
        with reading(self._git) as reader:
            for id_ in ids:
                yield id_, list(walk.files(reader, [id_], walk.Beside(seen)))

    def refs(self) -> dict[str, str]:
        """Everything that makes versions reachable, ref → full id: branches, tags and safety versions."""
        return {ref: id_ for ref, id_ in self.every_ref().items() if names.holds_versions(ref)}

    def every_ref(self) -> dict[str, str]:
        """All refs, those of lines (blobs) and annotations as well; equal as long as nothing happened."""
        return self._sight.every() if self.exists() else {}

    def reachable(self, tips: Iterable[str], without: Iterable[str] = ()) -> list[str]:
        """The full ids of versions that `tips` and their ancestors are and those of `without` are not, children first.

        Raises
        ------
        CorruptHistory : one of them is missing.
        """
        return reachable(self._git, [names.check_id(id_) for id_ in tips], [names.check_id(id_) for id_ in without])

    def resolve(self, text: str, *, line: str | None, begun: Callable[[str], list[str]] | None = None) -> str:
        """The full id of ``HEAD``, ``HEAD~2``, a branch of `line`, a tag, an id or a beginning of one (4 or more).

        ``tags/best`` and ``LINE/best`` name the tag and the branch, whatever else is called so. `begun` looks up the
        ids that begin so; None: the history is walked.

        Raises
        ------
        UnknownVersion : nothing is named so; the hint offers the nearest names.
        AmbiguousVersion : several are.
        """
        if not self.exists():
            message = f"there is no version yet, so that {text!r} names none"
            raise UnknownVersion(message, hint="Make one: tag a cell checkpoint and run it.")
        return resolve(self._git, text, line, begun)

    def verify(self) -> list[Damage]:
        """Reads everything again, and says what is not as it was."""
        from jupyter_mlversion.history.verify import verify

        return verify(self._git) if self.exists() else []

    def recover(self) -> None:
        """Clears away what killed processes left. Versions need no repair: a ref moved, or it did not."""
        if self.git_dir.parent.is_dir():
            with self._writing():
                upkeep.sweep(self.git_dir)

    @contextmanager
    def _writing(self) -> Iterator[Git]:
        """The writer's lock, and a Git whose processes hold it too; what a failure leaves behind is cleared away."""
        with writing(self.git_dir.parent / "locks" / "history.lock") as descriptors:
            try:
                yield self._git.holding(*descriptors)
            except (CorruptHistory, FileFailure, NoRoom):
                with suppress(FileFailure):
                    upkeep.sweep(self.git_dir)
                raise

    def _keep(self, git: Git, writer: Writer, draft: Version) -> str:
        """Writes a safety version; its id."""
        id_, = writer.write(git)
        transaction = Transaction()
        transaction.put(names.safety_ref(draft.line, id_), id_)
        self._commit(git, transaction)
        return id_

    def _advance(self, git: Git, writer: Writer, draft: Version, head: Head) -> str:
        """Writes a version, and moves its branch and line; its id."""
        standing = self._standing(git, draft, head)
        place = _new_place(standing, draft.branch)
        if place is not None:
            writer.blob(place.dump())
        id_, *blobs = writer.write(git)
        blob = blobs[0] if blobs else None
        transaction = Transaction()
        refs.advance(transaction, standing, draft.branch, id_, blob)
        self._known.pop(draft.line, None)
        self._commit(git, transaction)
        self._known[draft.line] = replace(standing, place=place or standing.place, blob=blob or standing.blob,
                                          branches={**standing.branches, draft.branch: id_})
        return id_

    def _standing(self, git: Git, draft: Version, head: Head) -> Standing:
        """Where the line stands; as last seen, when that is what the caller saw (the transaction checks it again)."""
        standing = self._known.get(draft.line)
        if standing is None or standing.head != head:
            standing = refs.standings(git, draft.line)[draft.line]
        if standing.head != head or standing.branches.get(draft.branch, head.version) != head.version:
            raise moved(draft.line)
        return standing

    def _commit(self, git: Git, transaction: Transaction) -> None:
        """The transaction; tried again without the lock files of killed processes, as only we can be writing."""
        if any(os.path.lexists(lock) for lock in transaction.locks(git)):
            upkeep.sweep(self.git_dir)
        transaction.commit(git)
        # What was asked for is done: that packing fails, on a full disk perhaps, is no reason to say otherwise.
        with suppress(CorruptHistory, FileFailure, NoRoom):
            upkeep.pack(git)

    def _entry(self, id_: str) -> Entry:
        return next(self.entries([id_]))


def _new_place(standing: Standing, branch: str) -> refs.Place | None:
    """The line's new blob when it comes to another branch than its blob says; None when the blob stays."""
    if standing.place is not None and standing.place.branch == branch:
        return None
    return refs.Place(branch, standing.head.version)
