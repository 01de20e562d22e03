"""Which chunks may be bases, and what they need themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.store.encoding import DELTA

if TYPE_CHECKING:
    from jupyter_mlversion.store.survey import Packed


class Bases(Protocol):
    """Tells of chunks that are encoded already."""

    def depth(self, chunk: bytes) -> int | None:
        """How many frames have to be decoded before its own, one after another; None when it cannot be a base."""

    def root(self, chunk: bytes) -> bytes | None:
        """The chunk of which it is the difference, byte for byte and as long, if it is one."""


def depths_in(packs: Iterable[Packed], without: Collection[bytes] = ()) -> dict[bytes, int]:
    """The depths of the chunks which need nothing but what these packs hold.

    Parameters
    ----------
    without : chunks to look at as if the packs did not hold them.
    """
    bases = {chunk.hash: tuple(frame.each_base()) for pack in packs for frame, chunks in pack.frames()
             for chunk in chunks if chunk.hash not in without}
    depths = {chunk: 0 for chunk, needed in bases.items() if not needed}
    left = {chunk: needed for chunk, needed in bases.items() if needed}
    grown = True
    while grown and left:
        known = {chunk: 1 + max(depths[base] for base in needed) for chunk, needed in left.items()
                 if all(base in depths for base in needed)}
        depths |= known
        left = {chunk: needed for chunk, needed in left.items() if chunk not in known}
        grown = bool(known)
    return depths


def roots_in(packs: Collection[Packed], depths: dict[bytes, int]) -> dict[bytes, bytes]:
    """The roots of those chunks of the packs that may be bases, as far as the lists of the packs tell."""
    lengths = {chunk.hash: chunk.length for pack in packs for chunk in pack.footer.chunks}
    return {
        chunks[0].hash: frame.bases for pack in packs for frame, chunks in pack.frames()
        if frame.encoding == DELTA and len(chunks) == 1 and chunks[0].hash in depths
        and lengths.get(frame.bases) == chunks[0].length == frame.length
    }
