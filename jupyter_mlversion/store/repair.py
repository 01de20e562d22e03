"""Sound copies of what is damaged or missing, from wherever there are some.

What is damaged leaves the packs, so that nothing is ever stored by reference to it: everything sound in its packs is
written anew, and what could be found elsewhere with it. A pack of which something could not be had again is kept apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from blake3 import blake3

from jupyter_mlversion.domain.digest import Digest, digest_of_hash
from jupyter_mlversion.errors import Busy, MlversionError
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.bundle import FULL, Bundle
from jupyter_mlversion.store.damage import Found, find
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.folder import make_durably, sync_folder
from jupyter_mlversion.store.pack import opened, read
from jupyter_mlversion.store.rewrite import Listing, Rewriter, check
from jupyter_mlversion.store.survey import listed, load, needs
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.layout import Manifest
    from jupyter_mlversion.store.quarantine import Quarantine
    from jupyter_mlversion.store.site import Site


class ChunkSource(Protocol):
    """Somewhere else that may have what a store lacks: the workspace, a remote. What it gives is compared."""

    def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
        """`length` bytes (None: all) of a content at `offset`; None when it has none. They may be wrong."""


@dataclass
class Repaired:
    """What a repair did.

    Parameters
    ----------
    chunks : hashes of those that were damaged or missing and are sound now.
    lost : hashes of those that are still missing.
    kept_apart : how many packs were put into the folder ``damaged``.
    """

    chunks: set[bytes] = field(default_factory=set)
    lost: set[bytes] = field(default_factory=set)
    kept_apart: int = 0


class Repairer:
    """Repairs a store; one at a time, and not beside a collection, which the caller sees to.

    Parameters
    ----------
    contents : the hashes of the contents that are needed: only of those, what is missing counts.
    sources : asked in order for what no pack has.
    """

    def __init__(self, site: Site, quarantine: Quarantine, contents: Collection[bytes],
                 sources: Sequence[ChunkSource]) -> None:
        self._site = site
        self._quarantine = quarantine
        self._contents = set(contents)
        self._sources = sources
        self._fresh: list[Listing] = []
        self._uncopied: set[bytes] = set()

    def repair(self, patience: float, progress: Progress) -> Repaired:
        """Do it.

        Raises
        ------
        Busy : somebody stored something all the time; sound copies were made, and nothing was removed.
        DiskFull, FileFailure : the operating system refused.
        """
        found = find(self._site, progress)
        sound = found.sound()
        salvaged, manifests = self._salvage(found, sound)
        wanted = self._wanted(found, sound) | (found.broken and self._listed_in(found.broken) - sound)
        done = Repaired()
        with _Pack(self._site, self._fresh) as pack:
            for manifest in manifests:
                pack.manifest(manifest)
            while wanted:
                places = _places(found, manifests, wanted)
                for number, chunk in enumerate(sorted(wanted)):
                    progress("looking for sound copies", number, len(wanted))
                    data = salvaged.get(chunk) or self._elsewhere(chunk, places[chunk])
                    if data is None:
                        done.lost.add(chunk)
                    else:
                        pack.add(chunk, data)
                        done.chunks.add(chunk)
                wanted = _stranded(found, done.lost) - done.chunks
        self._unlist(found)
        self._copy_sound(found, progress)
        self._switch(found, found.sound(), patience, done)
        return done

    def _wanted(self, found: Found, sound: set[bytes]) -> set[bytes]:
        """The chunks that are damaged, or needed and nowhere."""
        need = needs(found.packs.values(), self._contents)
        known = {chunk for pack in found.packs.values() for manifest in pack.footer.manifests
                 if manifest.hash in self._contents for chunk, _ in manifest.each_part()}
        known |= {base for pack in found.packs.values() for frame in pack.footer.frames for base in frame.each_base()}
        bad = {chunk for chunks in found.bad.values() for chunk in chunks}
        return (bad | (known & need)) - sound

    def _listed_in(self, packs: Iterable[bytes]) -> set[bytes]:
        """What the index knows of packs whose lists are broken: their chunks."""
        index = self._site.index
        return set(index.places(hash_ for name in packs for hash_ in index.contents_in(name)))

    def _salvage(self, found: Found, sound: set[bytes]) -> tuple[dict[bytes, bytes], list[Manifest]]:
        """What can still be read of packs whose lists are broken, as the index knows where it is."""
        chunks: dict[bytes, bytes] = {}
        manifests = []
        for name in found.broken:
            contents = self._site.index.contents_in(name)
            places = self._site.index.places(contents).items()
            for content, place in [one for one in places if one[0] not in sound and one[1].pack == name]:
                with suppress(MlversionError):
                    chunks[content] = bytes(self._site.reader.chunk(content, place))
            for content in contents:
                at = self._site.index.manifest_at(content)
                if at is not None and at[0] == name and listed(content) not in sound:
                    with suppress(MlversionError, ValueError), opened(self._site.folder.pack(name)) as fd:
                        manifest = layout.load_manifest(read(fd, *at[1:]))
                        if self._makes_up(manifest, chunks):
                            manifests.append(manifest)
        return chunks, manifests

    def _makes_up(self, manifest: Manifest, chunks: dict[bytes, bytes]) -> bool:
        whole = blake3()
        for part in manifest.each_part():
            whole.update(chunks.get(part.hash) or self._site.reader.chunk(part.hash))
        return whole.digest() == manifest.hash

    def _elsewhere(self, chunk: bytes, places: Iterable[tuple[Digest, int, int | None]]) -> bytes | None:
        """A chunk from the quarantine, or from another source."""
        waiting = self._waiting(chunk)
        if waiting is not None:
            return waiting
        for source in self._sources:
            for content, offset, length in places:
                data = source.piece(content, offset, length)
                if data is not None and hash_of(data) == chunk:
                    return data
        return None

    def _waiting(self, chunk: bytes) -> bytes | None:
        """A chunk from the quarantine."""
        holder = self._quarantine.holder(chunk)
        for pack in load(self._quarantine.folder, [holder] if holder else []).values():
            with suppress(MlversionError, ValueError), opened(self._quarantine.folder.pack(pack.name)) as fd:
                place, = (one for one in pack.footer.chunks if one.hash == chunk)
                frame = pack.footer.frames[place.frame]
                whole = self._site.reader.decoded(read(fd, frame.offset, frame.stored), frame)
                data = bytes(whole[place.offset:place.offset + place.length])
                return data if hash_of(data) == chunk else None
        return None

    def _unlist(self, found: Found) -> None:
        """From now on nobody is sent to what is damaged; whoever needs a base of it gets the copy that was found."""
        packs = [found.packs[name] for name in found.bad]
        sound = [(pack.name, pack.size, pack.footer._replace(chunks=tuple(
            chunk for chunk in pack.footer.chunks if chunk.hash not in found.bad[pack.name]))) for pack in packs]
        self._site.index.forget(found.bad, instead=[*self._fresh, *sound])
        self._site.reader.close()

    def _copy_sound(self, found: Found, progress: Progress) -> None:
        """What is sound in damaged packs, written anew."""
        for name, bad in found.bad.items():
            rewriter = Rewriter(self._site.folder, self._site.folder, self._site.reader)
            pack = found.packs[name]
            copied = rewriter.rewrite([pack], (pack.keys - bad).__contains__, progress)
            self._fresh += copied.packs
            self._uncopied |= copied.damaged

    def _switch(self, found: Found, sound: set[bytes], patience: float, done: Repaired) -> None:
        """Remove what is damaged; what could not be had again is kept apart."""
        fresh = {name for name, _, _ in self._fresh}
        going = (set(found.bad) | found.broken) - fresh - self._uncopied
        with self._site.alone(patience=patience) as alone:
            if not alone:
                message = "a checkpoint or restore is at work and does not end"
                raise Busy(message, hint="Wait until it is done, then try again.")
            self._site.index.forget(going, instead=self._fresh)
            apart = self._site.root / "damaged"
            with failures("putting damaged packs aside"):
                for name in going:
                    if found.bad.get(name, {b""}) <= done.chunks | sound:
                        self._site.folder.pack(name).unlink(missing_ok=True)
                        continue
                    make_durably(apart)
                    self._site.folder.pack(name).rename(apart / f"{name.hex()}.pack")
                    done.kept_apart += 1
                if apart.is_dir():
                    sync_folder(apart)
                if going:
                    sync_folder(self._site.folder.path)
        self._site.reader.close()
        self._site.index.renew()


class _Pack:
    """A new pack of chunks that were found, made when there is one."""

    def __init__(self, site: Site, fresh: list[Listing]) -> None:
        self._site = site
        self._fresh = fresh
        self._writer: Writer | None = None
        self._bundle = Bundle()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        writer = self._writer
        if writer is None:
            return
        if kind is not None:
            writer.abort()
            return
        self._bundle.write(writer)
        name, size, footer = writer.commit()
        check(self._site.folder, name, footer)
        self._fresh.append((name, size, footer))

    def add(self, chunk: bytes, data: Bytes) -> None:
        writer = self._writing()
        self._bundle.add(chunk, data)
        if self._bundle.nbytes >= FULL:
            self._bundle.write(writer)
            self._bundle = Bundle()

    def manifest(self, manifest: Manifest) -> None:
        self._writing().add_manifest(manifest)

    def _writing(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._site.folder)
        return self._writer


def _stranded(found: Found, lost: set[bytes]) -> set[bytes]:
    """The chunks whose frames need one that is lost, so that they count as damaged too, and that are nowhere else."""
    fresh: set[bytes] = set()
    for name, pack in found.packs.items():
        for frame, chunks in pack.frames():
            if not lost.isdisjoint(frame.each_base()):
                fresh |= {chunk.hash for chunk in chunks} - found.bad.get(name, set())
                found.bad.setdefault(name, set()).update(chunk.hash for chunk in chunks)
    return fresh - found.sound()


Places = dict[bytes, list[tuple[Digest, int, "int | None"]]]


def _places(found: Found, more: Iterable[Manifest], wanted: set[bytes]) -> Places:
    """Where in contents the wanted chunks are; each may be a content of its own."""
    places: Places = defaultdict(list)
    manifests: Iterator[Manifest] = (manifest for pack in found.packs.values() for manifest in pack.footer.manifests)
    for manifest in (*manifests, *more):
        offset = 0
        for chunk, length in manifest.each_part():
            if chunk in wanted:
                places[chunk].append((digest_of_hash(manifest.hash), offset, length))
            offset += length
    for chunk in wanted:
        places[chunk].append((digest_of_hash(chunk), 0, None))
    return places
