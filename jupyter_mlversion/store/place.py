"""Where the bytes of a chunk are."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_mlversion.store.encoding import RAW


class Place(NamedTuple):
    """Where a chunk lies.

    Parameters
    ----------
    pack : name of the pack.
    offset, stored : of its frame: bytes from the start of the pack, and bytes.
    decoded : bytes that the frame decodes to.
    encoding : number of the encoding of the frame.
    bases : hashes of the chunks that the decoder needs, one after another.
    start, length : of the chunk in the decoded frame, bytes.
    """

    pack: bytes
    offset: int
    stored: int
    decoded: int
    encoding: int
    bases: bytes
    start: int
    length: int

    @property
    def raw(self) -> bool:
        """Whether the bytes of the chunk lie in the pack as they are."""
        return self.encoding == RAW and not self.bases
