"""The store of one workspace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.domain.digest import Digest, hash_of_digest, is_digest
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store.batch import Batch
from jupyter_mlversion.store.fetch import Fetch, holds
from jupyter_mlversion.store.folder import Folder
from jupyter_mlversion.store.index import Index
from jupyter_mlversion.store.pack import HINT
from jupyter_mlversion.store.piece import Range, differing, pieces_of
from jupyter_mlversion.store.plan import Planner, plan
from jupyter_mlversion.store.quarantine import Quarantine
from jupyter_mlversion.store.reader import Reader
from jupyter_mlversion.store.site import Site
from jupyter_mlversion.store.survey import Survey, load

if TYPE_CHECKING:
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.store.collect import Collected
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.layout import Manifest, Part
    from jupyter_mlversion.store.repack import Step
    from jupyter_mlversion.store.repair import ChunkSource, Repaired
    from jupyter_mlversion.store.room import Quota


class Store:
    """The store in the folder `root`, which is made on the first write.

    Several threads may use one; several processes may each have their own on the same folder.

    Parameters
    ----------
    root : the folder.
    quota : bytes that it may take, or what tells them from those that it has; None for as many as the disk has.
    planner : how content is cut into chunks.
    """

    def __init__(self, root: Path, *, quota: Quota = None, planner: Planner = plan) -> None:
        self._root = root
        self._quota = quota
        self._planner = planner
        self._folder = Folder(root / "packs")
        self._index = Index(root / "index.sqlite", self._folder)
        self._quarantine = Quarantine(root / "quarantine", self._folder)
        self._reader = Reader(self._folder, self._index, self._rescue)
        self._fetch = Fetch(self._reader)
        self._site = Site(root, self._folder, self._index, self._reader)

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """What is put into the batch is durable when the block ends; nothing is left behind when it raises.

        Raises
        ------
        DiskFull, FileFailure : at the end, when the operating system refuses; nothing is left behind.
        """
        batch = Batch(self._site, quota=self._quota, planner=self._planner)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    @contextmanager
    def storing(self) -> Iterator[None]:
        """While the block runs, nothing in the store is taken for rubbish.

        For who puts, from before the first put until something names the contents that lives on: a staging record, a
        version. Any number of processes at once; nested blocks do no harm.

        Raises
        ------
        Busy : somebody is `alone`, and that does not end.
        FileFailure : the lock's file cannot be made or locked.
        """
        with self._site.storing():
            self._index.refresh()  # what was deleted before must not be relied on
            yield

    def alone(self, *, patience: float) -> AbstractContextManager[bool]:
        """While the block runs, nobody is `storing`; whether that was granted within `patience` seconds.

        Raises
        ------
        FileFailure : the lock's file cannot be made or locked.
        """
        return self._site.alone(patience=patience)

    def __contains__(self, digest: object) -> bool:
        """Whether the store lists the content; whether its bytes are sound is known after `get` or `verify`."""
        return isinstance(digest, str) and is_digest(digest) and not self.missing((Digest(digest),))

    def missing(self, digests: Iterable[Digest]) -> set[Digest]:
        """Those of the digests that the store does not list, or not with all of their chunks; for many at once."""
        hashes = {hash_of_digest(digest): digest for digest in digests}
        steps: tuple[Callable[[], object], ...] = (bool, self._index.refresh, lambda: self._rescue_all(hashes))
        for number, bring in enumerate(steps):
            if hashes and (bring() or not number):
                for found in self._index.held(hashes.keys()):
                    del hashes[found]
                for found in filter(self._is_whole, self._index.listed(hashes.keys())):
                    del hashes[found]
        return set(hashes.values())

    def parts(self, digest: Digest) -> tuple[Part, ...]:
        """The chunks that make up a content, in order.

        Raises
        ------
        CorruptChunk : the store does not hold it.
        """
        return tuple(self._manifest(digest).each_part())

    @property
    def reader(self) -> Reader:
        """For who reads single chunks."""
        return self._reader

    def epoch(self) -> str:
        """A text that changes when contents may have gone from the store; what it held before, it holds till then."""
        self._index.refresh()
        return self._index.epoch

    def size_of(self, digest: Digest) -> int:
        """Bytes of a content.

        Raises
        ------
        CorruptChunk : the store does not hold it.
        """
        return self._manifest(digest).size

    def read(self, digest: Digest, *, limit: int | None = None) -> bytes:
        """The bytes of a content, verified; with `limit` only so many of the first.

        Raises
        ------
        CorruptChunk : the store does not hold it, or not as it was stored.
        """
        manifest = self._manifest(digest)
        wanted = manifest.size if limit is None else min(limit, manifest.size)
        out = bytearray()
        for data in self._chunks(manifest, wanted):
            out += data
        if wanted == manifest.size and blake3(out).digest() != manifest.hash:
            raise _wrong(digest)
        return bytes(out[:wanted])

    def get(
        self, digest: Digest, fd: int, progress: Progress = silent, *, base: tuple[int, Digest] | None = None
    ) -> None:
        """Write a content to the start of the file `fd`, verified, and cut off what the file has beyond it.

        Parameters
        ----------
        base : another open file and the digest of what it should hold: a source for what both have in common. The
            file `fd` must be empty then.

        Raises
        ------
        CorruptChunk : the store does not hold it, or not as it was stored; the file then holds a part of it.
        DiskFull, FileFailure : the file cannot be written.
        """
        manifest = self._manifest(digest)
        known = self._find(base[1]) if base else None
        if not self._fetch.whole(manifest, fd, (base[0], known) if base and known else None, progress):
            raise _wrong(digest)

    def differing(self, before: Digest, after: Digest) -> list[Range]:
        """The ranges (offset, length) in which two contents may differ, up to the end of the longer one.

        Raises
        ------
        CorruptChunk : the store does not hold one of them.
        """
        return differing(pieces_of(self._manifest(before)), pieces_of(self._manifest(after)))

    def holds(self, digest: Digest, fd: int, ranges: Sequence[Range]) -> bool:
        """Whether the file `fd` is as long as a content and has its bytes in `ranges`; the rest is not looked at.

        Raises
        ------
        CorruptChunk : the store does not hold the content.
        FileFailure : the file cannot be read.
        """
        return holds(self._manifest(digest), fd, ranges)

    def check(self, digest: Digest, ranges: Sequence[Range]) -> None:
        """Make sure that what a content has in `ranges` can be read.

        Raises
        ------
        CorruptChunk : the store does not hold it, or not as it was stored.
        """
        self._fetch.check(self._manifest(digest), ranges)

    def patch(self, digest: Digest, fd: int, ranges: Sequence[Range], progress: Progress = silent) -> None:
        """Write what a content has in `ranges` (at least) to the file `fd`, verified, and let the file end as it does.

        Raises
        ------
        CorruptChunk : the store does not hold it, or not as it was stored; the file then holds a part of it.
        DiskFull, FileFailure : the file cannot be written.
        """
        self._fetch.ranges(self._manifest(digest), fd, ranges, progress)

    def survey(self, progress: Progress = silent) -> Survey:
        """What the packs hold, to be asked who needs how much of it."""
        quarantine = self._quarantine.folder
        packs = load(self._folder, self._folder.names(), progress)
        return Survey(packs.values(), load(quarantine, quarantine.names()).values())

    def collect(self, contents: Callable[[], Collection[bytes]], *, grace: float, patience: float,
                repack: Callable[[], Iterable[Step]] | None = None, progress: Progress = silent) -> Collected:
        """Remove what nothing needs; one process at a time may do that.

        Parameters
        ----------
        contents : the hashes of all contents that are needed; asked a second time while nobody is `storing`.
        grace : seconds that what nothing needs can be brought back.
        patience : seconds to wait for those who are `storing`.
        repack : what came of what, in the order of history: then what is needed is encoded anew, as small as it gets.

        Raises
        ------
        Busy : somebody was `storing` all the time; nothing was removed.
        CorruptChunk : the list of a pack cannot be read; nothing was removed.
        """
        from jupyter_mlversion.store.collect import Collector  # a checkpoint neither collects nor repairs
        from jupyter_mlversion.store.repack import Anew

        collector = Collector(self._site, self._quarantine, contents=contents, patience=patience)
        return collector.collect(grace, progress, Anew(self._site, repack) if repack else None)

    def repair(self, contents: Collection[bytes], sources: Sequence[ChunkSource], *, patience: float,
               progress: Progress = silent) -> Repaired:
        """Put sound copies in the place of what is damaged or missing; one process at a time may do that.

        Parameters
        ----------
        contents : the hashes of the contents that are needed.
        sources : asked for what neither packs nor quarantine have.
        patience : seconds to wait for those who are `storing`.

        Raises
        ------
        Busy : somebody was `storing` all the time.
        """
        from jupyter_mlversion.store.repair import Repairer

        return Repairer(self._site, self._quarantine, contents, sources).repair(patience, progress)

    def bring_back(self, digests: Iterable[Digest]) -> set[Digest]:
        """Have contents in the packs that wait in the quarantine; those that are lost. The caller is `storing`."""
        wanted = {hash_of_digest(digest): digest for digest in digests}
        survey = self.survey()
        held = {key for pack in survey.packs for key in pack.keys}
        need = survey.need(wanted)
        for pack in survey.waiting:
            if (pack.keys & need) - held and self._quarantine.bring_back(pack.name):
                held |= pack.keys
        self._index.refresh(force=True)
        return self.missing(wanted.values())

    def verify(self, *, read_data: bool, progress: Progress = silent) -> list[Damage]:
        """What is wrong with the packs, per content concerned.

        Parameters
        ----------
        read_data : read and check every byte; otherwise names, sizes and listings.
        """
        from jupyter_mlversion.store.verify import verify

        found: list[Damage] = []
        moved = True
        while moved:
            self._index.refresh(force=True)  # so that nothing is said to be held that was in a pack which is gone
            before = self._folder.names()
            found = verify(self._site, read_data=read_data, progress=progress)
            # What was not found may be where others put it meanwhile.
            moved = bool(found) and not before <= self._folder.names()
        return found

    def nbytes(self) -> int:
        """Bytes that the finished packs take on the disk, those in the quarantine as well."""
        self._index.refresh()
        return self._index.nbytes + self._quarantine.nbytes

    def recover(self) -> None:
        """Remove what killed writers left behind; what living ones are writing is left alone."""
        self._folder.reclaim()

    def close(self) -> None:
        """Close all files; the next use opens them again."""
        self._reader.close()
        self._index.close()

    def _find(self, digest: Digest) -> Manifest | None:
        content = hash_of_digest(digest)
        found = self._reader.manifest(content)
        steps: tuple[Callable[[], bool], ...] = (self._index.refresh, lambda: self._rescue(content))
        for bring in steps:
            if found is None and bring():
                found = self._reader.manifest(content)
        return found

    def _is_whole(self, content: bytes) -> bool:
        """Whether every chunk of a content that has a manifest is held: some of what nothing needed may be gone."""
        manifest = self._reader.manifest(content)
        parts = {part.hash for part in manifest.each_part()} if manifest else {b""}
        for lost in (missing := parts - self._index.held(parts)):
            self._rescue(lost)
        return not missing or parts <= self._index.held(parts)

    def _rescue_all(self, wanted: Iterable[bytes]) -> bool:
        return any([self._rescue(one) for one in wanted])  # noqa: C419 (all of them, not only the first)

    def _rescue(self, wanted: bytes) -> bool:
        """Bring the chunk, or the manifest of the content, with that hash back from the quarantine, if it is there."""
        name = self._quarantine.holder(wanted)
        if name is None or not self._quarantine.bring_back(name):
            return False
        self._index.refresh(force=True)
        return True

    def _manifest(self, digest: Digest) -> Manifest:
        found = self._find(digest)
        if found is None:
            self._index.refresh(force=True)  # before anybody is told that it is lost
            found = self._reader.manifest(hash_of_digest(digest))
        if found is None:
            message = f"the store does not hold {digest}"
            raise CorruptChunk(message, hint=HINT)
        return found

    def _chunks(self, manifest: Manifest, wanted: int) -> Iterator[Bytes]:
        """Verified chunks from the first, until they are `wanted` bytes."""
        done = 0
        for part in manifest.each_part():
            if done >= wanted:
                return
            data = self._reader.chunk(part.hash)
            done += len(data)
            yield data


def _wrong(digest: Digest) -> CorruptChunk:
    message = f"the chunks of {digest} are sound, but do not make it up"
    return CorruptChunk(message, hint=HINT)
