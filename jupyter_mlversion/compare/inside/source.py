"""The bytes of an artifact, read where they are looked at: never all of them at once."""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.store import Store
    from jupyter_mlversion.store.encoding import Bytes


class Source(Protocol):
    """Bytes that can be read at any offset."""

    @property
    def size(self) -> int:
        """Bytes."""

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`, fewer at the end; valid until the next read."""


class StoredSource:
    """A content of the store. Each chunk is fetched, and checked, when bytes of it are asked for.

    Parameters
    ----------
    digest : of the content.

    Raises
    ------
    CorruptChunk : the store does not hold it; while reading: not as it was stored.
    """

    def __init__(self, store: Store, digest: Digest) -> None:
        self._reader = store.reader
        parts = store.parts(digest)
        self._hashes = [part.hash for part in parts]
        self._ends = list(accumulate(part.length for part in parts))
        self._last: tuple[int, Bytes] | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return self._ends[-1] if self._ends else 0

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`, fewer at the end."""
        found: list[memoryview] = []
        number = bisect_right(self._ends, offset)
        while length > 0 and number < len(self._ends):
            data = memoryview(self._chunk(number))
            start = offset - (self._ends[number] - len(data))
            piece = data[start:start + length]
            found.append(piece)
            offset += len(piece)
            length -= len(piece)
            number += 1
        return found[0] if len(found) == 1 else memoryview(b"".join(found))

    def _chunk(self, number: int) -> Bytes:
        if self._last is None or self._last[0] != number:
            self._last = (number, self._reader.chunk(self._hashes[number]))
        return self._last[1]


class Window:
    """A part of a source, as a source.

    Parameters
    ----------
    start, size : bytes; what reaches beyond the source is cut off.
    """

    def __init__(self, source: Source, start: int, size: int) -> None:
        self._source = source
        self._start = start
        self.size = max(0, min(size, source.size - start))

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`, fewer at the end."""
        return self._source.read(self._start + offset, min(length, max(0, self.size - offset)))


class File(io.RawIOBase):
    """A source as the file that libraries want."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        """The place."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # narrower than Buffer
        """Fill a buffer."""
        view = memoryview(buffer).cast("B")
        data = self._source.read(self._position, len(view))
        view[:len(data)] = data
        self._position += len(data)
        return len(data)
