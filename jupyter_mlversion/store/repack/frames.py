"""Runs of chunks encoded on all cores, and written in the order in which they came."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import CorruptChunk
from jupyter_mlversion.store.encoding import DELTA, decode
from jupyter_mlversion.store.layout import Part
from jupyter_mlversion.store.repack.runs import Run
from jupyter_mlversion.store.repack.smallest import Before, Encoded, of_floats, of_rows
from jupyter_mlversion.store.rewrite import LARGEST, check
from jupyter_mlversion.store.writer import Writer

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.layout import Footer, Manifest
    from jupyter_mlversion.store.piece import Piece

SMALL = 2**16
"""Bytes of a content up to which it shares a frame with others, where it has no base."""

_SHARED = 2**20  # bytes of such a frame
_AHEAD = 16 * 2**20  # bytes of chunks that are being encoded or wait to be written; each takes about four times as much
_THREADS = min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)


class Frames:
    """New packs in `folder`.

    Parameters
    ----------
    chunk : the verified bytes of the chunk with a hash; asked from several threads.
    depths, roots : of the chunks that may be bases already, see `Bases`.
    told : is called with the bytes of chunks that are done, each time.
    """

    def __init__(self, folder: Folder, chunk: Callable[[bytes], Bytes], depths: dict[bytes, int],
                 roots: dict[bytes, bytes], told: Callable[[int], None]) -> None:
        self.packs: list[tuple[bytes, int, Footer]] = []
        self.lost: set[bytes] = set()
        self._folder = folder
        self._chunk = chunk
        self._depths = depths
        self._roots = roots
        self._told = told
        self._pool = ThreadPoolExecutor(_THREADS, "repack")
        self._ahead: deque[tuple[Run, Future[Encoded]]] = deque()
        self._pending: set[bytes] = set()
        self._nbytes = 0
        self._small: list[Piece] = []
        self._shared = 0
        self._writer: Writer | None = None

    def add(self, run: Run) -> None:
        """Encode a run, when there is time, and write it."""
        self._pending.update(piece.hash for piece in run.pieces)
        self._nbytes += run.length
        self._ahead.append((run, self._pool.submit(self._encoded, run)))
        while self._nbytes > _AHEAD:
            self._next()

    def add_small(self, piece: Piece) -> None:
        """Encode a content that is one small chunk together with others."""
        self._depths[piece.hash] = 0
        self._small.append(piece)
        self._shared += piece.length
        if self._shared >= _SHARED:
            self._bundle()

    def add_manifest(self, manifest: Manifest) -> None:
        """Note what a content consists of."""
        self._writing().add_manifest(manifest)

    def depth(self, chunk: bytes) -> int | None:
        """See `Bases`."""
        while chunk in self._pending:
            self._next()
        return self._depths.get(chunk)

    def root(self, chunk: bytes) -> bytes | None:
        """See `Bases`."""
        return self._roots.get(chunk)

    def finish(self) -> None:
        """Write what is left, and make it durable.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        while self._ahead:
            self._next()
        self._bundle()
        while self._ahead:
            self._next()
        self._commit()

    def close(self) -> None:
        """Leave nothing behind of what is not finished."""
        self._pool.shutdown(cancel_futures=True)
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abort()

    def _bundle(self) -> None:
        pieces, self._small, self._shared = tuple(self._small), [], 0
        if pieces:
            self.add(Run(pieces))

    def _encoded(self, run: Run) -> Encoded:
        data = b"".join(self._chunk(piece.hash) for piece in run.pieces)
        try:
            bases = [self._chunk(piece.hash) for piece in run.bases]
        except CorruptChunk:
            bases = []  # it is not needed, only of help
        if run.width:
            encoded = of_floats(data, run.width, run.lead, Before(bases, run.skip) if bases else None)
        else:
            encoded = of_rows(data, bases)
        # the old packs will go: nothing takes their place that does not give back the same bytes
        # (views are compared number by number, bytes at once)
        if bytes(decode(encoded.encoding, encoded.frame, len(data), bases if encoded.based else ())) != data:
            raise AssertionError("an encoding is not the inverse of its decoding")
        return encoded

    def _next(self) -> None:
        """Write the oldest run."""
        run, future = self._ahead.popleft()
        hashes = {piece.hash for piece in run.pieces}
        self._pending -= hashes
        self._nbytes -= run.length
        try:
            encoded = future.result()
        except CorruptChunk:
            self.lost |= hashes
            return
        if run.small and not encoded.based:
            self.add_small(run.pieces[0])
            return
        self._depths.update(dict.fromkeys(hashes, run.depth if encoded.based else 0))
        bases = b"".join(piece.hash for piece in run.bases) if encoded.based else b""
        if encoded.encoding == DELTA and run.skip == 0 and [piece.length for piece in run.bases] == [run.length]:
            self._roots[run.pieces[0].hash] = run.bases[0].hash
        parts = [Part(piece.hash, piece.length) for piece in run.pieces]
        self._writing().add_frame(encoded.frame, parts, length=run.length, encoding=encoded.encoding, bases=bases)
        self._told(run.length)

    def _writing(self) -> Writer:
        if self._writer is not None and self._writer.nbytes >= LARGEST:
            self._commit()
        if self._writer is None:
            self._writer = Writer(self._folder)
        return self._writer

    def _commit(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            name, size, footer = writer.commit()
            check(self._folder, name, footer)
            self.packs.append((name, size, footer))
