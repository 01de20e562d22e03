"""The store of one workspace."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.domain.digest import Digest, digest_of_hash, hash_of_digest
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store.batch import Batch
from jupyter_mlversion.store.fetch import Fetch, holds
from jupyter_mlversion.store.folder import Folder
from jupyter_mlversion.store.index import Index
from jupyter_mlversion.store.pack import Packs
from jupyter_mlversion.store.piece import Range, differing, pieces_of
from jupyter_mlversion.store.plan import Planner, plan
from jupyter_mlversion.store.room import Room
from jupyter_mlversion.store.verify import verify

if TYPE_CHECKING:
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.layout import Manifest

_HINT = "Run `mlversion verify --read-data` to see which versions are concerned."


class Store:
    """The store in the folder `root`, which is made on the first write.

    Several threads may use one; several processes may each have their own on the same folder.

    Parameters
    ----------
    root : the folder.
    quota : bytes that it may take; None for as many as the disk has.
    planner : how content is cut into chunks.
    """

    def __init__(self, root: Path, *, quota: int | None = None, planner: Planner = plan) -> None:
        self._root = root
        self._quota = quota
        self._planner = planner
        self._folder = Folder(root / "packs")
        self._index = Index(root / "index.sqlite", self._folder)

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """What is put into the batch is durable when the block ends; nothing is left behind when it raises.

        Raises
        ------
        DiskFull, FileFailure : at the end, when the operating system refuses; nothing is left behind.
        """
        self._index.refresh()
        batch = Batch(self._folder, self._index, Room(self._root, self._quota, self.nbytes()), self._planner)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    def __contains__(self, digest: object) -> bool:
        """Whether the store lists the content; whether its bytes are sound is known after `get` or `verify`."""
        return isinstance(digest, str) and self._find(Digest(digest)) is not None

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
        with self._fetch() as fetch:
            if not fetch.whole(manifest, fd, (base[0], known) if base and known else None, progress):
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

    def patch(self, digest: Digest, fd: int, ranges: Sequence[Range], progress: Progress = silent) -> None:
        """Write what a content has in `ranges` (at least) to the file `fd`, verified, and let the file end as it does.

        Raises
        ------
        CorruptChunk : the store does not hold it, or not as it was stored; the file then holds a part of it.
        DiskFull, FileFailure : the file cannot be written.
        """
        with self._fetch() as fetch:
            fetch.ranges(self._manifest(digest), fd, ranges, progress)

    def verify(self, *, read_data: bool, progress: Progress = silent) -> list[Damage]:
        """What is wrong with the packs, per content concerned.

        Parameters
        ----------
        read_data : read and check every byte; otherwise names, sizes and listings.
        """
        return verify(self._folder, self._index, read_data=read_data, progress=progress)

    def nbytes(self) -> int:
        """Bytes that the packs take on the disk, unfinished ones included."""
        return self._folder.nbytes()

    def recover(self) -> None:
        """Remove what killed writers left behind; what living ones are writing is left alone."""
        self._folder.reclaim()

    def close(self) -> None:
        """Close the index; the next use opens it again."""
        self._index.close()

    def _find(self, digest: Digest) -> Manifest | None:
        content = hash_of_digest(digest)
        found = self._index.manifest(content)
        if found is None and self._index.refresh():
            found = self._index.manifest(content)
        return found

    def _manifest(self, digest: Digest) -> Manifest:
        found = self._find(digest)
        if found is None:
            message = f"the store does not hold {digest}"
            raise CorruptChunk(message, hint=_HINT)
        return found

    @contextmanager
    def _fetch(self) -> Iterator[Fetch]:
        """What writes contents, each of its threads with packs of its own."""
        mine = threading.local()
        with ExitStack() as stack:

            def chunk(chunk_hash: bytes) -> Bytes:
                if not hasattr(mine, "packs"):
                    mine.packs = stack.enter_context(Packs(self._folder))
                return self._chunk(mine.packs, chunk_hash)

            yield Fetch(chunk)

    def _chunks(self, manifest: Manifest, wanted: int) -> Iterator[Bytes]:
        """Verified chunks from the first, until they are `wanted` bytes."""
        done = 0
        with Packs(self._folder) as packs:
            for part in manifest.each_part():
                if done >= wanted:
                    return
                data = self._chunk(packs, part.hash)
                done += len(data)
                yield data

    def _chunk(self, packs: Packs, chunk_hash: bytes) -> Bytes:
        for again in (True, False):
            found = self._index.chunk(chunk_hash)
            if found is not None:
                chunk, pack = found
                with suppress(FileNotFoundError):
                    return packs.read(pack, chunk)
            if again:  # the pack went, or came, since the index was last brought up to date
                self._index.refresh(force=True)
        message = f"the chunk {digest_of_hash(chunk_hash)} is in no pack that can be read"
        raise CorruptChunk(message, hint=_HINT)


def _wrong(digest: Digest) -> CorruptChunk:
    message = f"the chunks of {digest} are sound, but do not make it up"
    return CorruptChunk(message, hint=_HINT)
