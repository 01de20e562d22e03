"""The verbs that keep a store small and whole; `Repository` has them.

What they need is imported when they are asked for: no checkpoint does.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import MlversionError, QuotaReached
from jupyter_mlversion.history.lock import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.index.lost import Lost
    from jupyter_mlversion.repository.lines import Lines
    from jupyter_mlversion.repository.repair import Mended
    from jupyter_mlversion.repository.retention import Keep, LetGo
    from jupyter_mlversion.repository.usage import Freed, Storage
    from jupyter_mlversion.store import Store
    from jupyter_mlversion.store.collect import Collected
    from jupyter_mlversion.store.repack import Step
    from jupyter_mlversion.store.repair import ChunkSource

_DAY = 86400.0
_DECIDING_WAIT = 60.0  # seconds that a collection waits for checkpoints to end


@dataclass(frozen=True, slots=True)
class Gone:
    """A version that is deleted, or that a rule lets go.

    Parameters
    ----------
    version : the version; `rule` says why it goes, in words.
    bytes : that would be freed if all of these versions' contents were; what several share is counted for each.
    contents : what of it would be freed.
    """

    version: Version
    rule: str
    bytes: int
    contents: tuple[Freed, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What `gc` did, or would do.

    Parameters
    ----------
    gone : the versions that are let go, and those that were deleted before and whose bytes are still there.
    dead : bytes of the packs that nothing needs then.
    collected : what was done; None for a dry run.
    """

    gone: tuple[Gone, ...]
    dead: int
    collected: Collected | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """What `delete` or `undelete` did, or would do.

    Parameters
    ----------
    versions : those that were named.
    kept : full id → why the bytes of a deleted version are kept all the same.
    frees : bytes that `gc` would free then; `adds` of them because of these versions.
    contents : what those are, the largest first.
    missing : workspace paths of an undeleted version whose bytes are gone.
    """

    versions: tuple[Version, ...]
    kept: dict[str, str]
    frees: int = 0
    adds: int = 0
    contents: tuple[Freed, ...] = ()
    missing: tuple[str, ...] = ()


class Care:
    """Deleting, retention, garbage collection, verifying."""

    root: Path
    folder: Path
    config: Config
    store: Store
    history: History
    index: Index
    lines: Lines

    def delete(self, versions: Sequence[str], *, dry_run: bool = False, progress: Progress = silent) -> Deleted:
        """Hide versions, given by full id: they are listed no more, and what they alone need may be collected.

        Parameters
        ----------
        dry_run : only find out what would be done.

        Raises
        ------
        UnknownVersion : there is no such version.
        """
        from jupyter_mlversion.repository.liveness import Liveness, always_kept
        from jupyter_mlversion.repository.usage import freed_together

        found = tuple(entry.version for entry in self.history.entries(versions))
        always = always_kept(self.history)
        kept = {version.id: always[version.id] for version in found if version.id in always}
        going = [version.id for version in found if not version.hidden and version.id not in kept]
        survey, liveness = self.store.survey(progress), Liveness(self.folder, self.history)
        needed = liveness.contents(progress, without=frozenset(versions))
        need = survey.need(needed)
        contents = freed_together(self.history, survey, going, need, liveness.read)
        before = needed | {bytes.fromhex(content.digest.removeprefix("blake3:")) for content in contents}
        frees = survey.dead_bytes(need)
        if not dry_run:
            self.index.said(self.history.say(list(versions), hidden=True))
            found = tuple(replace(version, hidden=True) for version in found)
        return Deleted(found, kept, frees, frees - survey.dead_bytes(survey.need(before)), contents)

    def undelete(self, versions: Sequence[str]) -> Deleted:
        """Show hidden versions again, given by full id, and bring back what waits in the quarantine for them."""
        from jupyter_mlversion.index.lost import Lost
        from jupyter_mlversion.repository import verify

        with self.store.storing():
            self.index.said(self.history.say(list(versions), hidden=False))
            needed = {id_: set(verify.needed(self.history.snapshot(id_))) for id_ in versions}
            lost = self.store.bring_back({digest for uses in needed.values() for digest, _ in uses})
            self._keep_lost([
                Lost(id_, path, digest, damaged=False)
                for id_, uses in needed.items() for digest, path in uses if digest in lost], of=versions)
        missing = {path for uses in needed.values() for digest, path in uses if digest in lost}
        found = tuple(entry.version for entry in self.history.entries(versions))
        return Deleted(found, {}, missing=tuple(sorted(missing)))

    def gc(self, keep: Keep | None = None, *, dry_run: bool = False, at_once: bool = False, repack: bool = False,
           progress: Progress = silent) -> Gathered:
        """Let versions go that no rule keeps, and remove the bytes that nothing needs any more.

        Parameters
        ----------
        keep : the rules of retention; None for those of `mlversion.toml`.
        dry_run : only find out what would be done.
        at_once : remove what nothing needs now, without keeping it in the quarantine first.
        repack : encode what is needed anew, as small as it gets.

        Raises
        ------
        Busy : another collection is at work, or a checkpoint that does not end; nothing that is needed was touched.
        CorruptHistory, CorruptChunk : what the versions need cannot be told; nothing was removed.
        """
        from jupyter_mlversion.repository.liveness import Liveness
        from jupyter_mlversion.repository.retention import Keep

        with self._collecting():
            letting = self._letting(keep or Keep.of(self.config))
            if letting and not dry_run:
                self.index.said(self.history.say([item.version.id for item in letting], hidden=True))
            gone, dead = self._gone(letting, progress)
            if dry_run:
                return Gathered(gone, dead)
            liveness = Liveness(self.folder, self.history)
            grace = 0.0 if at_once else self.config.quarantine_days * _DAY
            collected = self.store.collect(lambda: liveness.contents(progress), grace=grace, patience=_DECIDING_WAIT,
                                           repack=self._lineage if repack else None, progress=progress)
        return Gathered(gone, dead, collected)

    def tidy(self, progress: Progress = silent) -> Collected:
        """What is done when nobody checkpoints: packs are joined and encoded anew; no rule lets a version go."""
        from jupyter_mlversion.repository.liveness import Liveness

        with self._collecting():
            liveness = Liveness(self.folder, self.history)
            return self.store.collect(lambda: liveness.contents(progress), grace=self.config.quarantine_days * _DAY,
                                      repack=self._lineage, patience=0, progress=progress)

    def _lineage(self) -> Iterator[Step]:
        from jupyter_mlversion.repository.lineage import lineage

        return lineage(self.history)

    def storage(self, progress: Progress = silent) -> Storage:
        """What takes the room, line by line and role by role."""
        from jupyter_mlversion.repository.liveness import Liveness, kept_versions
        from jupyter_mlversion.repository.usage import Storage, shares

        self.index.refresh(self.history)
        survey = self.store.survey(progress)
        liveness = Liveness(self.folder, self.history)
        need = survey.need(liveness.contents(progress))
        versions = self.index.log(hidden=True)
        kept = set(kept_versions(self.history))
        lines: dict[str, list[str]] = defaultdict(list)
        for version in versions:
            if version.id in kept:
                lines[version.line].append(version.id)
        taken, roles = shares(self.history, survey, lines, self.lines.notebooks(), progress)
        packs, waiting = (sum(pack.size for pack in some) for some in (survey.packs, survey.waiting))
        free = shutil.disk_usage(self.root).free
        hidden = sum(version.hidden for version in versions)
        return Storage(
            packs + waiting, len(survey.packs), packs, len(survey.waiting), waiting,
            self.config.quota_bytes(free, packs + waiting), free, len(versions) - hidden, hidden,
            survey.dead_bytes(need), taken, roles,
        )

    def repair(self, sources: Sequence[ChunkSource] = (), *, progress: Progress = silent) -> Mended:
        """Put right what is damaged or missing: from other packs, the quarantine, the workspace's files, or `sources`.

        What cannot be repaired is never stored by reference again: a checkpoint of the same bytes stores them anew.

        Raises
        ------
        Busy : a collection is at work, or a checkpoint that does not end.
        CorruptHistory : what the versions need cannot be told.
        """
        from jupyter_mlversion.repository import verify
        from jupyter_mlversion.repository.liveness import Liveness
        from jupyter_mlversion.repository.repair import Mended, WorkspaceSource, store_again

        self.index.refresh(self.history)
        with self._collecting():
            before = verify.verify(self.store, self.history, self.index, read_data=True, progress=progress)
            users = verify.users_of(self.history, self.index, progress)
            contents = Liveness(self.folder, self.history).contents(progress)
            self.store.repair(contents, [WorkspaceSource(self.root, users), *sources], patience=_DECIDING_WAIT,
                              progress=progress)
            with self.store.storing():
                store_again(self.root, self.store, users)
            left = verify.verify(self.store, self.history, self.index, read_data=True, progress=progress)
            self._keep_lost(verify.lost_of(self.history, left), damaged=True)
        return Mended(tuple(before), tuple(left))

    def verify(self, *, read_data: bool = False, progress: Progress = silent) -> list[Damage]:
        """Every damage there is; see `verify.verify`."""
        from jupyter_mlversion.repository import verify

        self.index.refresh(self.history)
        found = verify.verify(self.store, self.history, self.index, read_data=read_data, progress=progress)
        self._keep_lost(verify.lost_of(self.history, found), damaged=read_data)
        return found

    def _keep_lost(self, found: Iterable[Lost], *, of: Sequence[str] | None = None, damaged: bool = False) -> None:
        with suppress(MlversionError):  # a cache, and where nothing can be written there is nothing to keep it for
            self.index.keep_lost(found, of=of, damaged=damaged)

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Say, when the quota is reached, what takes the room and how to make some."""
        try:
            yield
        except QuotaReached as error:
            try:
                what = _told(self.storage())
            except MlversionError:
                raise error from None
            raise QuotaReached(error.message + what, hint=error.hint) from error

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        with writing(self.folder / "locks" / "gc.lock", "the store", wait=0):
            yield

    def _letting(self, keep: Keep) -> list[LetGo]:
        from jupyter_mlversion.repository.liveness import always_kept
        from jupyter_mlversion.repository.retention import choose

        self.index.refresh(self.history)
        return choose(self.index.log(), always_kept(self.history), keep, datetime.now(UTC))

    def _gone(self, letting: Sequence[LetGo], progress: Progress) -> tuple[tuple[Gone, ...], int]:
        """The versions that go, with what that frees; and what is dead in all."""
        from jupyter_mlversion.repository.liveness import Liveness, kept_versions
        from jupyter_mlversion.repository.usage import freed

        going = {item.version.id: item for item in letting}
        liveness = Liveness(self.folder, self.history)
        survey = self.store.survey(progress)
        need = survey.need(liveness.contents(progress, without=frozenset(going)))
        kept = set(kept_versions(self.history, frozenset(going)))
        leaving = {version.id: version for version in self.index.log(hidden=True)
                   if version.id not in kept and (version.hidden or version.id in going)}
        gone = []
        for done, (id_, contents) in enumerate(freed(self.history, survey, leaving, need, liveness.read)):
            progress("looking at versions that go", done, len(leaving))
            if id_ in going or contents:
                rule = going[id_].rule if id_ in going else "deleted"
                gone.append(Gone(leaving[id_], rule, sum(content.bytes for content in contents), contents))
        return tuple(gone), survey.dead_bytes(need)


def _told(storage: Storage) -> str:
    """What takes the room, in a sentence or two."""
    roles = ", ".join(f"{_mb(size)} {role}" for role, size in storage.roles.items())
    waiting = f", {_mb(storage.quarantine_bytes)} in the quarantine" if storage.quarantine_bytes else ""
    frees = f"`mlversion gc` would free {_mb(storage.frees)}" if storage.frees else "`mlversion gc` would free nothing"
    return f". The store holds {roles or 'nothing that a version needs'}{waiting}; {frees}"


def _mb(size: int) -> str:
    return f"{size / 10**6:,.1f} MB"
