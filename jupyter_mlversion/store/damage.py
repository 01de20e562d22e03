"""Which packs are damaged, and in which of their chunks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import FileFailure, MlversionError
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.pack import gaps, opened, read, read_footer
from jupyter_mlversion.store.survey import Packed, load

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Chunk, Frame
    from jupyter_mlversion.store.reader import Reader
    from jupyter_mlversion.store.site import Site


@dataclass
class Found:
    """What was found.

    Parameters
    ----------
    packs : those whose lists can be read, by name.
    bad : of those that are damaged, the hashes of the chunks that are; may be none, when only what is between is.
    broken : names of packs whose lists cannot be read.
    """

    packs: dict[bytes, Packed]
    bad: dict[bytes, set[bytes]] = field(default_factory=dict)
    broken: set[bytes] = field(default_factory=set)

    def sound(self) -> set[bytes]:
        """The keys of all that is undamaged."""
        return {key for name, pack in self.packs.items() for key in pack.keys if key not in self.bad.get(name, ())}


def find(site: Site, progress: Progress) -> Found:
    """Read every pack; those that only have a wrong name get the right one."""
    _rename(site.folder)
    names = site.folder.names()
    found = Found(load(site.folder, names))
    found.broken = {name for name in names - set(found.packs) if site.folder.pack(name).exists()}
    total, done = sum(pack.size for pack in found.packs.values()), 0
    for name, pack in found.packs.items():
        with suppress(FileNotFoundError), opened(site.folder.pack(name)) as fd:
            bad = {chunk.hash for frame, chunks in pack.frames() for chunk in _bad(site.reader, fd, frame, chunks)}
            if bad or not _zeros(fd, pack):
                found.bad[name] = bad
        done += pack.size
        progress("verifying", done, total)
    return found


def _bad(reader: Reader, fd: int, frame: Frame, chunks: list[Chunk]) -> Iterator[Chunk]:
    """The chunks of a frame that are damaged; not those that merely need another one that is."""
    try:
        with failures("reading a pack"):
            stored = read(fd, frame.offset, frame.stored)
        if hash_of(stored) != frame.seal:
            raise ValueError("the frame was changed")  # noqa: TRY301 (told like what the decoder finds)
        data = memoryview(reader.decoded(stored, frame))
    except (ValueError, FileFailure):
        yield from chunks
        return
    except MlversionError:
        return
    yield from (chunk for chunk in chunks if hash_of(data[chunk.offset:chunk.offset + chunk.length]) != chunk.hash)


def _zeros(fd: int, pack: Packed) -> bool:
    with failures("reading a pack"):
        return not any(any(read(fd, start, end - start)) for start, end in gaps(pack.footer))


def _rename(folder: Folder) -> None:
    """Give packs that are whole, but called otherwise, their names back."""
    for path in (*(folder.path / name for name in folder.misnamed()), *map(folder.pack, folder.names())):
        with suppress(MlversionError, ValueError, FileNotFoundError), opened(path) as fd, failures("reading a pack"):
            end = os.fstat(fd).st_size - layout.TRAILER_SIZE
            _, name = layout.load_trailer(read(fd, max(end, 0), layout.TRAILER_SIZE))
            right = folder.pack(name)
            if right != path and not right.exists():
                read_footer(fd, name)
                path.rename(right)
