"""What the packs hold, and which of it is needed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store.pack import opened, read_footer

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Chunk, Footer, Frame


@dataclass(frozen=True)
class Packed:
    """One pack: its name, its bytes, and what it holds."""

    name: bytes
    size: int
    footer: Footer

    @cached_property
    def chunks_of(self) -> dict[int, list[Chunk]]:
        """The chunks of each frame, by its number."""
        found: dict[int, list[Chunk]] = defaultdict(list)
        for chunk in self.footer.chunks:
            found[chunk.frame].append(chunk)
        return found

    @cached_property
    def keys(self) -> frozenset[bytes]:
        """What it holds: the hashes of its chunks, and `listed` of the contents whose manifests it has."""
        manifests = (listed(manifest.hash) for manifest in self.footer.manifests)
        return frozenset([*(chunk.hash for chunk in self.footer.chunks), *manifests])

    def frames(self) -> Iterator[tuple[Frame, list[Chunk]]]:
        """Each frame with its chunks."""
        for number, frame in enumerate(self.footer.frames):
            yield frame, self.chunks_of.get(number, [])


def listed(content: bytes) -> bytes:
    """The key of a manifest: it is not to be taken for a chunk that happens to be all of the same content."""
    return b"m" + content


def load(folder: Folder, names: Iterable[bytes], progress: Progress = silent) -> dict[bytes, Packed]:
    """The packs of those names that can be read; a damaged one is left out, and so left alone."""
    found = {}
    names = sorted(names)
    for done, name in enumerate(names):
        progress("looking at packs", done, len(names))
        try:
            with opened(folder.pack(name)) as fd:
                found[name] = Packed(name, os.fstat(fd).st_size, read_footer(fd, name))
        except (MlversionError, FileNotFoundError):
            continue
    return found


def needs(packs: Collection[Packed], contents: Collection[bytes]) -> set[bytes]:
    """The keys of what the contents with those hashes need of `packs`, bases of frames included, and bases of those.

    Wherever a chunk lies twice, the bases of all its frames count as needed.
    """
    wanted = set(contents)
    found = set(wanted)
    for pack in packs:
        for manifest in pack.footer.manifests:
            if manifest.hash in wanted:
                found.add(listed(manifest.hash))
                found.update(part.hash for part in manifest.each_part())
    basing = [
        (frame, {chunk.hash for chunk in chunks})
        for pack in packs if any(frame.bases for frame in pack.footer.frames)
        for frame, chunks in pack.frames() if frame.bases
    ]
    grown = True
    while grown:
        before = len(found)
        for frame, chunks in basing:
            if not chunks.isdisjoint(found):
                found.update(frame.each_base())
        grown = len(found) > before
    return found


def bytes_needed(pack: Packed, need: set[bytes]) -> int:
    """Bytes of the frames of `pack` that are needed: of a shared frame, the share of the chunks that are."""
    return round(sum(share(frame, (chunk for chunk in chunks if chunk.hash in need))
                     for frame, chunks in pack.frames()))


def sizes(packs: Collection[Packed]) -> dict[bytes, float]:
    """Bytes that each chunk takes, by its hash; of a shared frame, its share; one that lies twice takes the smaller."""
    found: dict[bytes, float] = {}
    for pack in packs:
        for frame, chunks in pack.frames():
            for chunk in chunks:
                size = share(frame, [chunk])
                found[chunk.hash] = min(size, found.get(chunk.hash, size))
    return found


def share(frame: Frame, chunks: Iterable[Chunk]) -> float:
    """Bytes of a frame that are there for some of its chunks."""
    return frame.stored * sum(chunk.length for chunk in chunks) / max(frame.length, 1)


class Survey:
    """What all packs hold, to be asked what some contents take; see `Store.survey`.

    Parameters
    ----------
    packs, waiting : those that are in use, and those in the quarantine.
    """

    def __init__(self, packs: Collection[Packed], waiting: Collection[Packed]) -> None:
        self.packs = packs
        self.waiting = waiting
        self._sizes = sizes(packs)
        self._manifests = {manifest.hash: manifest for pack in packs for manifest in pack.footer.manifests}

    def need(self, contents: Collection[bytes]) -> set[bytes]:
        """The keys of what the contents with those hashes need."""
        return needs([*self.packs, *self.waiting], contents)

    def dead_bytes(self, need: set[bytes]) -> int:
        """Bytes of the packs that `need` does not have."""
        return sum(pack.size if need.isdisjoint(pack.keys) else _dead(pack, need) for pack in self.packs)

    def chunks(self, contents: Collection[bytes]) -> Mapping[bytes, set[bytes]]:
        """The chunks of each of the contents that the packs hold."""
        found = {content: {content} for content in contents if content in self._sizes}
        for content in contents:
            if content in self._manifests:
                found[content] = {part.hash for part in self._manifests[content].each_part()}
        return found

    def weigh(self, chunks: Iterable[bytes]) -> int:
        """Bytes that those of the chunks take that the packs hold."""
        return round(sum(self._sizes.get(chunk, 0.0) for chunk in chunks))


def _dead(pack: Packed, need: set[bytes]) -> int:
    return sum(frame.stored for frame in pack.footer.frames) - bytes_needed(pack, need)
