"""Encoding 4: one Zstandard frame with the bases as its prefix, for tables and text that were edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.store.encoding.frame import grow, shrink

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding.codec import Bytes

# measured on a table of numbers: matches of six bytes and more, or numbers match everywhere; the window covers all
_OPTIONS = {"compression_level": 7, "strategy": 4, "min_match": 6, "search_log": 2, "hash_log": 19, "chain_log": 19,
            "window_log": 23}


class Prefix:
    """The frame is Zstandard's; it states its content size."""

    def encode(self, data: Bytes, bases: Sequence[Bytes], _width: int, /) -> bytes | None:
        """The frame, or None where it is not shorter."""
        frame = shrink(data, _OPTIONS, _joined(bases)) if bases else data
        return bytes(frame) if len(frame) < len(data) else None

    def decode(self, frame: Bytes, bases: Sequence[Bytes], length: int, /) -> bytes:
        """The content of the frame."""
        return grow(frame, length, _joined(bases))


def _joined(bases: Sequence[Bytes]) -> Bytes:
    return bases[0] if len(bases) == 1 else b"".join(bases)
