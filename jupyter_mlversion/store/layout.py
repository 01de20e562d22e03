"""The bytes of a pack; ``docs/format.md`` is normative. All numbers are little-endian.

- header: magic, version, zero
- frames: the encoded bytes of the chunks, one after another without gaps
- footer: how many chunks and manifests; a record of each chunk; each manifest with its parts
- trailer: length of the footer, its hash, magic
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple

MAGIC = b"\x93MLVPACK"
VERSION = 1

_HEADER = Struct("<8sII")
_COUNTS = Struct("<QQ")
_CHUNK = Struct("<32s32sQQQI")
_MANIFEST = Struct("<32sQQ")
_PART = Struct("<32sQ")
_TRAILER = Struct("<Q32s8s")

HEADER = _HEADER.pack(MAGIC, VERSION, 0)
TRAILER_SIZE = _TRAILER.size


class Chunk(NamedTuple):
    """Where a chunk lies in its pack.

    Parameters
    ----------
    hash : of its bytes.
    seal : hash of its frame: changes to the frame that decode to the same bytes are found by it.
    offset : of the frame, bytes from the start of the pack.
    stored : bytes of the frame.
    length : bytes of the chunk.
    encoding : number of the encoding.
    """

    hash: bytes
    seal: bytes
    offset: int
    stored: int
    length: int
    encoding: int


class Part(NamedTuple):
    """One chunk of a content: its hash and its length in bytes."""

    hash: bytes
    length: int


class Manifest(NamedTuple):
    """What a content consists of: its hash, its size in bytes, and its parts as they are written in a footer."""

    hash: bytes
    size: int
    parts: bytes

    @staticmethod
    def of(content: bytes, parts: Iterable[Part]) -> Manifest:
        """The manifest of the content with that hash."""
        parts = tuple(parts)
        return Manifest(content, sum(part.length for part in parts), b"".join(_PART.pack(*part) for part in parts))

    @property
    def part_count(self) -> int:
        """How many parts it has."""
        return len(self.parts) // _PART.size

    def each_part(self) -> Iterator[Part]:
        """Its parts in order."""
        return map(Part._make, _PART.iter_unpack(self.parts))


class Footer(NamedTuple):
    """What a pack holds."""

    chunks: tuple[Chunk, ...]
    manifests: tuple[Manifest, ...]


def footer_size(chunks: int, parts: int, manifests: int) -> int:
    """Bytes that so many of each take in a footer, with the trailer."""
    return _COUNTS.size + chunks * _CHUNK.size + parts * _PART.size + manifests * _MANIFEST.size + _TRAILER.size


def dump_footer(chunks: Iterable[Chunk], manifests: Iterable[Manifest]) -> bytes:
    """The bytes of a footer."""
    chunks, manifests = tuple(chunks), tuple(manifests)
    out = [_COUNTS.pack(len(chunks), len(manifests))]
    out += (_CHUNK.pack(*chunk) for chunk in chunks)
    for manifest in manifests:
        out += (_MANIFEST.pack(manifest.hash, manifest.size, manifest.part_count), manifest.parts)
    return b"".join(out)


def load_footer(data: bytes) -> Footer:
    """The inverse of `dump_footer`.

    Raises
    ------
    ValueError : the bytes are not a footer.
    """
    if len(data) < _COUNTS.size:
        message = "the footer is too short"
        raise ValueError(message)
    count, manifest_count = _COUNTS.unpack_from(data)
    end = _COUNTS.size + count * _CHUNK.size
    if end > len(data):
        message = "the footer is shorter than its list of chunks"
        raise ValueError(message)
    chunks = tuple(map(Chunk._make, _CHUNK.iter_unpack(memoryview(data)[_COUNTS.size:end])))
    return Footer(chunks, tuple(_load_manifests(data, end, manifest_count)))


def _load_manifests(data: bytes, position: int, count: int) -> Iterator[Manifest]:
    for _ in range(count):
        if position + _MANIFEST.size > len(data):
            message = "the footer is shorter than its list of manifests"
            raise ValueError(message)
        content, size, parts = _MANIFEST.unpack_from(data, position)
        start = position + _MANIFEST.size
        position = start + parts * _PART.size
        if position > len(data):
            message = "a manifest is longer than its footer"
            raise ValueError(message)
        manifest = Manifest(content, size, data[start:position])
        if sum(part.length for part in manifest.each_part()) != size:
            message = "the parts of a manifest are not as long as its content"
            raise ValueError(message)
        yield manifest
    if position != len(data):
        message = "the footer is longer than its lists"
        raise ValueError(message)


def dump_trailer(length: int, footer_hash: bytes) -> bytes:
    """The last bytes of a pack, after a footer of `length` bytes with that hash."""
    return _TRAILER.pack(length, footer_hash, MAGIC)


def load_trailer(data: bytes) -> tuple[int, bytes]:
    """The length and the hash of the footer.

    Raises
    ------
    ValueError : the bytes are not a trailer.
    """
    if len(data) != _TRAILER.size or not data.endswith(MAGIC):
        message = "the pack has no trailer"
        raise ValueError(message)
    length, footer_hash, _ = _TRAILER.unpack(data)
    return length, footer_hash


def check_header(data: bytes) -> None:
    """Raise `ValueError` when the first bytes of a pack are not a header of this version."""
    if data[:len(MAGIC)] != MAGIC:
        message = "it does not begin as a pack"
        raise ValueError(message)
    if data != HEADER:
        message = "it is of a format version that this program does not know"
        raise ValueError(message)
