"""Finding out whether the packs are what they were; the index is not trusted, only asked what a broken pack held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.domain.digest import Digest, digest_of_hash
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.store.pack import opened, read_chunk, read_footer

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.index import Index
    from jupyter_mlversion.store.layout import Footer


def verify(folder: Folder, index: Index, *, read_data: bool, progress: Progress) -> list[Damage]:
    """All damage to the packs in `folder`; see `Store.verify`."""
    damage, footers = _check_listings(folder, index)
    users = _users(footers)
    sound = {chunk.hash: chunk.length for footer in footers.values() for chunk in footer.chunks}
    for content, part_hash, length in _parts(footers):
        if sound.get(part_hash) != length:
            detail = f"its chunk {digest_of_hash(part_hash)} of {length} bytes is in no pack that can be read"
            damage.append(Damage("missing", content, detail=detail))
    if read_data:
        for chunk, detail in _check_data(folder, footers, progress):
            damage += (Damage("chunk", content, detail=detail) for content in users[chunk] or [None])
    return damage


def _check_listings(folder: Folder, index: Index) -> tuple[list[Damage], dict[bytes, Footer]]:
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
            lost = (digest_of_hash(content) for content in index.manifests_in(name))
            damage += (Damage("manifest", content, detail=error.message) for content in lost)
    return damage, footers


def _users(footers: dict[bytes, Footer]) -> dict[bytes, list[Digest | None]]:
    """The contents that need each chunk."""
    users: dict[bytes, list[Digest | None]] = defaultdict(list)
    for content, part_hash, _ in _parts(footers):
        if content not in users[part_hash]:
            users[part_hash].append(content)
    return users


def _parts(footers: dict[bytes, Footer]) -> Iterator[tuple[Digest, bytes, int]]:
    for footer in footers.values():
        for manifest in footer.manifests:
            content = digest_of_hash(manifest.hash)
            for part in manifest.each_part():
                yield content, part.hash, part.length


def _check_data(folder: Folder, footers: dict[bytes, Footer], progress: Progress) -> Iterator[tuple[bytes, str]]:
    total = sum(chunk.stored for footer in footers.values() for chunk in footer.chunks)
    done = 0
    for name, footer in footers.items():
        try:
            with opened(folder.pack(name)) as fd:
                for chunk in footer.chunks:
                    try:
                        read_chunk(fd, name, chunk, seal=True)
                    except MlversionError as error:
                        yield chunk.hash, error.message
                    done += chunk.stored
                    progress("verifying", done, total)
        except FileNotFoundError:
            continue
