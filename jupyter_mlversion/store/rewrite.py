"""Packs written anew: what is wanted of some packs, copied into new ones that hold nothing else.

Frames are copied as they are, unless most of what they hold is not wanted. Nothing is removed here: what was wanted
lies twice until somebody decides that the old packs may go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.bundle import Bundle
from jupyter_mlversion.store.pack import opened, read, read_footer
from jupyter_mlversion.store.survey import listed
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Chunk, Footer, Frame
    from jupyter_mlversion.store.reader import Reader
    from jupyter_mlversion.store.survey import Packed

LARGEST = 512 * 2**20
"""Bytes after which a pack that is written anew ends, and another one begins."""

_WORTH = 0.8  # of a frame that must be wanted, for it to be copied as it is

Listing = tuple[bytes, int, "Footer"]


@dataclass
class Rewritten:
    """What came of it.

    Parameters
    ----------
    packs : the new packs: name, bytes, footer; durable.
    damaged : names of old packs of which something could not be read; they must stay.
    """

    packs: list[Listing] = field(default_factory=list)
    damaged: set[bytes] = field(default_factory=set)


class Rewriter:
    """Writes packs anew.

    Parameters
    ----------
    old, new : the folders of the packs that are read and of those that are written.
    reader : decodes frames.
    """

    def __init__(self, old: Folder, new: Folder, reader: Reader) -> None:
        self._old = old
        self._new = new
        self._reader = reader
        self._writer: Writer | None = None
        self._chunks: set[bytes] = set()
        self._manifests: set[bytes] = set()
        self._result = Rewritten()

    def rewrite(self, packs: Collection[Packed], wants: Callable[[bytes], bool],
                progress: Progress = silent) -> Rewritten:
        """Copy the chunks and manifests that `wants` says; each once, wherever it lies twice.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; what was finished before is named by nothing but itself.
        """
        total, copied = sum(pack.size for pack in packs), 0
        try:
            for pack in packs:
                self._pack(pack, wants)
                copied += pack.size
                progress("rewriting packs", copied, total)
                if self._writer is not None and self._writer.nbytes >= LARGEST:
                    self._commit()
            self._commit()
        finally:
            if self._writer is not None:
                self._writer.abort()
        return self._result

    def _pack(self, pack: Packed, wants: Callable[[bytes], bool]) -> None:
        writer = self._writing()
        mark = writer.mark()
        fresh: set[bytes] = set()
        try:
            with opened(self._old.pack(pack.name)) as fd:
                for frame, chunks in pack.frames():
                    wanted = [chunk for chunk in chunks if chunk.hash not in self._chunks and wants(chunk.hash)]
                    if wanted:
                        self._frame(writer, frame, wanted, _stored(fd, frame))
                        fresh.update(chunk.hash for chunk in wanted)
        except (ValueError, CorruptChunk, FileNotFoundError):
            writer.rewind(mark)
            self._result.damaged.add(pack.name)
            return
        self._chunks |= fresh
        for manifest in pack.footer.manifests:
            if manifest.hash not in self._manifests and wants(listed(manifest.hash)):
                self._manifests.add(manifest.hash)
                writer.add_manifest(manifest)

    def _frame(self, writer: Writer, frame: Frame, wanted: list[Chunk], stored: bytes) -> None:
        if sum(chunk.length for chunk in wanted) >= _WORTH * frame.length:
            writer.copy_frame(stored, frame, wanted)
            return
        data = memoryview(self._reader.decoded(stored, frame))
        bundle = Bundle()
        for chunk in wanted:
            piece = data[chunk.offset:chunk.offset + chunk.length]
            if hash_of(piece) != chunk.hash:
                raise ValueError("a chunk has another digest")
            bundle.add(chunk.hash, piece)
        bundle.write(writer)

    def _writing(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._new)
        return self._writer

    def _commit(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        if writer.chunks or writer.manifests:
            name, size, footer = writer.commit()
            check(self._new, name, footer)
            self._result.packs.append((name, size, footer))
        else:
            writer.abort()


def check(folder: Folder, name: bytes, footer: Footer) -> None:
    """Read a pack that was just written again, before anything relies on it.

    Raises
    ------
    CorruptChunk : it is not what was written; it has been removed.
    """
    with opened(folder.pack(name)) as fd:
        try:
            if read_footer(fd, name) != footer:
                raise ValueError("it lists something else")  # noqa: TRY301 (told like the others)
            for frame in footer.frames:
                _stored(fd, frame)
        except ValueError as error:
            folder.pack(name).unlink()
            message = f"the pack {name.hex()}.pack was not written as it should: {error}"
            raise CorruptChunk(message, hint="Check the disk.") from error


def sound(folder: Folder, packs: Collection[Packed], keys: set[bytes]) -> set[bytes]:
    """Those of the keys that other packs hold as well, in frames that were read and found sound."""
    found: set[bytes] = set()
    for pack in packs:
        found |= {listed(manifest.hash) for manifest in pack.footer.manifests} & keys
        with suppress(ValueError, FileNotFoundError), opened(folder.pack(pack.name)) as fd:
            for frame, chunks in pack.frames():
                if shared := {chunk.hash for chunk in chunks} & keys:
                    _stored(fd, frame)
                    found |= shared
    return found


def _stored(fd: int, frame: Frame) -> bytes:
    try:
        stored = read(fd, frame.offset, frame.stored)
    except OSError as error:
        message = f"a frame cannot be read: {error.strerror}"
        raise ValueError(message) from error
    if hash_of(stored) != frame.seal:
        raise ValueError("a frame was changed")
    return stored
