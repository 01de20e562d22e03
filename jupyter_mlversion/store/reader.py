"""Reading chunks and manifests; every byte that is handed out was checked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.digest import digest_of_hash
from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store import layout
from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.encoding import decode
from jupyter_mlversion.store.layout import Manifest, Part, each_hash
from jupyter_mlversion.store.pack import HINT, Packs

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.index import Index
    from jupyter_mlversion.store.layout import Frame
    from jupyter_mlversion.store.place import Place

_DEEPEST = 32
_MOST = 256
"""Frames that are decoded for one chunk at most, each needing the other, and in all: far more than any writer makes."""

_REMEMBERED = 8 * 2**20
"""Bytes of decoded frames that are kept, because the next chunk is often in the same one."""


class Reader:
    """Reads from the packs in `folder`; for any number of threads.

    Parameters
    ----------
    rescue : asked for the hash of a chunk that is in no pack; brings it back if it can.
    """

    def __init__(self, folder: Folder, index: Index, rescue: Callable[[bytes], object] | None = None) -> None:
        self._index = index
        self._rescue = rescue or (lambda _: None)
        self._packs = Packs(folder)
        self._lock = threading.Lock()
        self._frames: dict[tuple[bytes, int], Bytes] = {}
        self._remembered = 0

    def manifest(self, content: bytes) -> Manifest | None:
        """What the content with that hash consists of; None when the index lists no such content.

        A content that is one chunk needs no manifest.
        """
        for again in (True, False):
            if (place := self._index.place(content)) is not None:
                return Manifest.of(content, [Part(content, place.length)])
            if (listed := self._index.manifest_at(content)) is None:
                return None
            pack, offset, length = listed
            with suppress(FileNotFoundError, ValueError):
                manifest = layout.load_manifest(self._packs.read(pack, offset, length))
                if manifest.hash == content:
                    return manifest
            if again:
                self._index.refresh(force=True)
        return None

    def chunk(self, chunk_hash: bytes, place: Place | None = None) -> Bytes:
        """The bytes of a chunk.

        Parameters
        ----------
        place : where it is, when that was looked up before.

        Raises
        ------
        CorruptChunk : they cannot be had as they were stored.
        FileFailure : they cannot be read.
        """
        return self._chunk(chunk_hash, place, _Effort())

    def places(self, hashes: Iterable[bytes]) -> dict[bytes, Place]:
        """Where those of the chunks lie that the index lists, to be handed to `chunk` or `unchecked`."""
        return self._index.places(hashes)

    def unchecked(self, place: Place | None) -> Bytes | None:
        """The bytes of a chunk, compared with no digest: for who compares what they make up.

        None when they are not where the index says, or cannot be decoded.

        Raises
        ------
        CorruptChunk : what the chunk is decoded from is damaged.
        FileFailure : they cannot be read.
        """
        if place is not None:
            with suppress(FileNotFoundError, ValueError):
                return self._bytes_at(place, _Effort())
        return None

    def fill(self, pack: bytes, offset: int, view: memoryview) -> int:
        """Read bytes of a pack, as they lie there, into `view`; how many there were.

        Raises
        ------
        FileNotFoundError : there is no such pack.
        FileFailure : it cannot be read.
        """
        return self._packs.fill(pack, offset, view)

    def decoded(self, stored: bytes, frame: Frame) -> Bytes:
        """What the bytes of a frame decode to, which nobody compared with a digest.

        Raises
        ------
        ValueError : they are not what the pack says.
        CorruptChunk : a base cannot be had.
        FileFailure : a base cannot be read.
        """
        return self._decoded(stored, frame.encoding, frame.length, frame.bases, _Effort())

    def close(self) -> None:
        """Close the packs and forget what was read; reading goes on all the same."""
        self._packs.close()
        with self._lock:
            self._frames.clear()
            self._remembered = 0

    def _chunk(self, chunk_hash: bytes, place: Place | None, effort: _Effort) -> Bytes:
        # when the place is no good, the pack went, or came, since the index was last brought up to date
        refresh, rescue = partial(self._index.refresh, force=True), partial(self._rescue, chunk_hash)
        for bring_up_to_date in (None, refresh, rescue, self._index.rebuild):
            if bring_up_to_date is not None:
                bring_up_to_date()
                place = None
            place = place or self._index.place(chunk_hash)
            if place is not None:
                with suppress(FileNotFoundError):
                    return self._checked(chunk_hash, place, effort)
        message = f"the chunk {digest_of_hash(chunk_hash)} is in no pack that can be read"
        raise CorruptChunk(message, hint=HINT)

    def _checked(self, chunk_hash: bytes, place: Place, effort: _Effort) -> Bytes:
        try:
            data = self._bytes_at(place, effort)
            if hash_of(data) != chunk_hash:
                raise ValueError("its bytes have another digest")  # noqa: TRY301 (told like those of decoders)
        except ValueError as error:
            raise damaged(chunk_hash, place.pack, str(error)) from error
        return data

    def _bytes_at(self, place: Place, effort: _Effort) -> Bytes:
        if place.raw:
            return self._packs.read(place.pack, place.offset + place.start, place.length)
        return memoryview(self._frame(place, effort))[place.start:place.start + place.length]

    def _frame(self, place: Place, effort: _Effort) -> Bytes:
        key = place.pack, place.offset
        with self._lock:
            if (known := self._frames.get(key)) is not None:
                return known
        stored = self._packs.read(place.pack, place.offset, place.stored)
        data = self._decoded(stored, place.encoding, place.decoded, place.bases, effort)
        with self._lock:
            self._remembered += len(data) - len(self._frames.get(key, b""))
            self._frames[key] = data
            while self._remembered > _REMEMBERED:
                self._remembered -= len(self._frames.pop(next(iter(self._frames))))
        return data

    def _decoded(self, stored: bytes, encoding: int, length: int, bases: bytes, effort: _Effort) -> Bytes:
        with effort.deeper():
            return decode(encoding, stored, length, [self._chunk(base, None, effort) for base in each_hash(bases)])


class _Effort:
    """How much is decoded for one chunk: a hostile pack must not keep us busy for ever, nor exhaust the stack."""

    def __init__(self) -> None:
        self._depth = 0
        self._frames = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self._depth += 1
        self._frames += 1
        if self._depth > _DEEPEST or self._frames > _MOST:
            raise ValueError("it needs too many other chunks, or itself")
        try:
            yield
        finally:
            self._depth -= 1


def damaged(chunk_hash: bytes, pack: bytes, what: str) -> CorruptChunk:
    """The error for a chunk that is not as it was stored."""
    message = f"the chunk {digest_of_hash(chunk_hash)} in the pack {pack.hex()}.pack is damaged: {what}"
    return CorruptChunk(message, hint=HINT)
