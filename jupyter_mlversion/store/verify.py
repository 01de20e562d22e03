"""Finding out whether the packs are what they were; the index is not trusted, only asked what a broken pack held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.domain.digest import digest_of_hash
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.pack import gaps, opened, read, read_footer
from jupyter_mlversion.store.reader import damaged

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.store.layout import Chunk, Footer, Frame
    from jupyter_mlversion.store.reader import Reader
    from jupyter_mlversion.store.site import Site


def verify(site: Site, *, read_data: bool, progress: Progress) -> list[Damage]:
    """All damage to the packs of the store; see `Store.verify`.

    Every content that a bad chunk may belong to is named, also the one that would be the chunk and nothing else.
    """
    damage, footers = _check_listings(site)
    users = _users(footers)
    damage += _check_needs(footers, users)
    if read_data:
        damage += _check_gaps(site, footers)
        for chunk, detail in _check_data(site, footers, progress):
            damage += (Damage("chunk", digest_of_hash(content), detail=detail) for content in (*users[chunk], chunk))
    return damage


def _check_listings(site: Site) -> tuple[list[Damage], dict[bytes, Footer]]:
    folder = site.folder
    damage = [Damage("pack", None, detail=f"{name} is not the name of a pack") for name in sorted(folder.misnamed())]
    footers: dict[bytes, Footer] = {}
    for name in sorted(folder.names()):
        try:
            with opened(folder.pack(name)) as fd:
                footers[name] = read_footer(fd, name)
        except FileNotFoundError:
            continue
        except MlversionError as error:
            damage.append(Damage("pack", None, detail=error.message))
            lost = (digest_of_hash(content) for content in site.index.contents_in(name))
            damage += (Damage("manifest", content, detail=error.message) for content in lost)
    return damage, footers


def _users(footers: dict[bytes, Footer]) -> dict[bytes, set[bytes]]:
    """The contents that need each chunk, apart from the one that is the chunk."""
    users: dict[bytes, set[bytes]] = defaultdict(set)
    for footer in footers.values():
        for manifest in footer.manifests:
            for part in manifest.each_part():
                if part.hash != manifest.hash:
                    users[part.hash].add(manifest.hash)
    return users


def _check_needs(footers: dict[bytes, Footer], users: dict[bytes, set[bytes]]) -> Iterator[Damage]:
    """Contents whose chunks, and chunks whose bases, are nowhere."""
    lengths = {chunk.hash: chunk.length for footer in footers.values() for chunk in footer.chunks}
    for footer in footers.values():
        for manifest in footer.manifests:
            for chunk, length in manifest.each_part():
                if lengths.get(chunk) != length:
                    detail = f"its chunk {digest_of_hash(chunk)} of {length} bytes is in no pack that can be read"
                    yield Damage("missing", digest_of_hash(manifest.hash), detail=detail)
        for chunk, frame, _, _ in footer.chunks:
            for base in footer.frames[frame].each_base():
                if base not in lengths:
                    detail = f"its chunk {digest_of_hash(chunk)} needs {digest_of_hash(base)}, which is in no pack"
                    for content in (*users[chunk], chunk):
                        yield Damage("missing", digest_of_hash(content), detail=detail)


def _check_gaps(site: Site, footers: dict[bytes, Footer]) -> Iterator[Damage]:
    for name, footer in footers.items():
        with suppress(FileNotFoundError), opened(site.folder.pack(name)) as fd, failures("reading a pack"):
            for start, end in gaps(footer):
                if any(read(fd, start, end - start)):
                    yield Damage("pack", None, detail=f"the pack {name.hex()}.pack is damaged: no zeros between frames")


def _check_data(site: Site, footers: dict[bytes, Footer], progress: Progress) -> Iterator[tuple[bytes, str]]:
    total = sum(frame.stored for footer in footers.values() for frame in footer.frames)
    done = 0
    for name, footer in footers.items():
        chunks: dict[int, list[Chunk]] = defaultdict(list)
        for chunk in footer.chunks:
            chunks[chunk.frame].append(chunk)
        try:
            with opened(site.folder.pack(name)) as fd:
                for number, frame in enumerate(footer.frames):
                    for wrong, what in _check_frame(site.reader, fd, frame, chunks[number]):
                        yield wrong, damaged(wrong, name, what).message
                    done += frame.stored
                    progress("verifying", done, total)
        except FileNotFoundError:
            continue


def _check_frame(reader: Reader, fd: int, frame: Frame, chunks: list[Chunk]) -> Iterator[tuple[bytes, str]]:
    """The chunks of a frame that are not as they were stored, and what is wrong."""
    try:
        with failures("reading a pack"):
            stored = read(fd, frame.offset, frame.stored)
        if hash_of(stored) != frame.seal:
            raise ValueError("its frame was changed")  # noqa: TRY301 (told like what the decoder finds)
        data = memoryview(reader.decoded(stored, frame))
    except (ValueError, MlversionError) as error:
        what = error.message if isinstance(error, MlversionError) else str(error)
        yield from ((chunk.hash, what) for chunk in chunks)
        return
    for chunk in chunks:
        if hash_of(data[chunk.offset:chunk.offset + chunk.length]) != chunk.hash:
            yield chunk.hash, "its bytes have another digest"
