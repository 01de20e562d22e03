"""Which encoding makes the smallest frame; for idle time, not for a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlversion.store.encoding import DELTA, PLANES, PREFIX, RAW, ZSTD
from jupyter_mlversion.store.encoding.delta import Delta
from jupyter_mlversion.store.encoding.frame import shrink
from jupyter_mlversion.store.encoding.planes import Planes
from jupyter_mlversion.store.encoding.prefix import Prefix

if TYPE_CHECKING:
    from jupyter_mlversion.store.encoding import Bytes

_SAMPLE = 2**16  # bytes from the middle that tell which encoding is best for all of them
_WORTH = 0.97  # of the bytes that another encoding than none may have at most
_LITTLE = 8  # a frame with bases that has so much fewer bytes than the data is taken as it is
_CHAIN = 0.8  # of the bytes without a base that those with one may have: each base makes reading slower

# measured on tables of numbers, which match everywhere by less than six bytes, and on text
_RECORDS = {"compression_level": 7, "strategy": 4, "min_match": 6, "search_log": 2, "hash_log": 18, "chain_log": 18,
            "window_log": 20}
_TEXT = {"compression_level": 6, "window_log": 20}


class Encoded(NamedTuple):
    """A frame: the number of its encoding, its bytes, and whether the decoder needs the bases."""

    encoding: int
    frame: Bytes
    based: bool = False


class Before(NamedTuple):
    """What floats were: the bases that hold it, and at which offset of them it begins."""

    bases: Sequence[Bytes]
    skip: int


def of_floats(data: Bytes, width: int, lead: int, before: Before | None) -> Encoded:
    """The smallest frame of numbers of `width` bytes, the first of which begins `lead` bytes after the start."""
    near = before is not None and _is_near(data, width, lead, before)
    if before is not None and near:
        frame = Delta().encode(data, before.bases, width, lead=lead, skip=before.skip)
    else:
        frame = Planes().encode(data, (), width, lead=lead)
    if frame is None or len(frame) > _WORTH * len(data):
        return Encoded(RAW, data)
    return Encoded(DELTA if near else PLANES, frame, near)


def _is_near(data: Bytes, width: int, lead: int, before: Before) -> bool:
    start = max(len(data) - _SAMPLE, 0) // 2 // width * width
    sample = memoryview(data)[start:start + _SAMPLE]
    delta = Delta().encode(sample, before.bases, width, lead=lead, skip=before.skip + start)
    alone = Planes().encode(sample, (), width, lead=lead)
    return delta is not None and (alone is None or len(delta) < len(alone))


def of_rows(data: Bytes, bases: Sequence[Bytes]) -> Encoded:
    """The smallest frame of anything else; `bases` are what it may have been made from."""
    prefixed = Prefix().encode(data, bases, 0)
    if prefixed is not None and len(prefixed) * _LITTLE < len(data):
        return Encoded(PREFIX, prefixed, based=True)
    alone = _alone(data)
    if prefixed is not None and len(prefixed) <= _CHAIN * len(alone):
        return Encoded(PREFIX, prefixed, based=True)
    return Encoded(RAW, data) if alone is data else Encoded(ZSTD, alone)


def _alone(data: Bytes) -> Bytes:
    start = max(len(data) - _SAMPLE, 0) // 2
    sample = memoryview(data)[start:start + _SAMPLE]
    tried = {len(shrink(sample, options)): options for options in (_TEXT, _RECORDS)}
    best = min(tried)
    if best > _WORTH * len(sample):
        return data
    frame = shrink(data, tried[best])
    return frame if len(frame) <= _WORTH * len(data) else data
