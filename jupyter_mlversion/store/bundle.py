"""Small chunks on their way into one frame, which they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.store.encoding import encode
from jupyter_mlversion.store.layout import Part

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes
    from jupyter_mlversion.store.writer import Writer

FULL = 2**20
"""Bytes of a frame of small chunks: enough to shrink well, few enough to read one of them."""


class Bundle:
    """Chunks in memory."""

    def __init__(self) -> None:
        self.nbytes = 0
        self._pieces: list[Bytes] = []
        self._parts: list[Part] = []

    def add(self, chunk: bytes, data: Bytes) -> None:
        """One more chunk; its bytes must not change."""
        self._pieces.append(data)
        self._parts.append(Part(chunk, len(data)))
        self.nbytes += len(data)

    def write(self, writer: Writer) -> None:
        """Encode them together, as one frame.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        data = b"".join(self._pieces)
        encoding, frame = encode(data)
        writer.add_frame(frame, self._parts, length=len(data), encoding=encoding)
