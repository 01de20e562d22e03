"""The bytes of a pack; ``docs/format.md`` is normative. All numbers are little-endian.

- header: magic, version, zero
- frames: encoded bytes, one after another; between two may be zeros, less than `ALIGNMENT`
- footer: how many of everything; a record of each frame and of each chunk; the bases; each manifest with its parts
- trailer: length of the footer, its hash, magic
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple

MAGIC = b"\x93MLVPACK"
VERSION = 2
ALIGNMENT = 4096

HASH_SIZE = 32

_HEADER = Struct("<8sII")
_COUNTS = Struct("<QQQQ")
_FRAME = Struct("<32sQQQII")
_CHUNK = Struct("<32sQQQ")
_MANIFEST = Struct("<32sQQ")
_PART = Struct("<32sQ")
_TRAILER = Struct("<Q32s8s")

HEADER = _HEADER.pack(MAGIC, VERSION, 0)
TRAILER_SIZE = _TRAILER.size


class Frame(NamedTuple):
    """Encoded bytes in a pack.

    Parameters
    ----------
    seal : hash of the frame: changes to it that decode to the same bytes are found by it.
    offset : bytes from the start of the pack.
    stored : bytes of the frame.
    length : bytes that it decodes to.
    encoding : number of the encoding.
    bases : hashes of the chunks that the decoder needs, one after another.
    """

    seal: bytes
    offset: int
    stored: int
    length: int
    encoding: int
    bases: bytes = b""

    def each_base(self) -> Iterator[bytes]:
        """The hashes of its bases in order."""
        return each_hash(self.bases)


class Chunk(NamedTuple):
    """Where a chunk lies in its pack.

    Parameters
    ----------
    hash : of its bytes.
    frame : which of the pack's frames, from 0.
    offset : bytes from the start of the decoded frame.
    length : bytes of the chunk.
    """

    hash: bytes
    frame: int
    offset: int
    length: int


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

    @property
    def written(self) -> int:
        """Bytes that it takes in a footer."""
        return _MANIFEST.size + len(self.parts)


class Footer(NamedTuple):
    """What a pack holds."""

    frames: tuple[Frame, ...]
    chunks: tuple[Chunk, ...]
    manifests: tuple[Manifest, ...]


MANIFEST_SIZE = _MANIFEST.size
PART_SIZE = _PART.size


def each_hash(hashes: bytes) -> Iterator[bytes]:
    """The hashes in their concatenation."""
    return (hashes[at:at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE))


def footer_size(*, frames: int = 0, chunks: int = 0, bases: int = 0, manifests: int = 0, parts: int = 0) -> int:
    """Bytes that so many of each take in a footer, with the trailer."""
    records = frames * _FRAME.size + chunks * _CHUNK.size + bases * HASH_SIZE
    return _COUNTS.size + records + manifests * _MANIFEST.size + parts * _PART.size + _TRAILER.size


def dump_footer(footer: Footer) -> bytes:
    """The bytes of a footer."""
    frames, chunks, manifests = footer
    bases = b"".join(frame.bases for frame in frames)
    out = [_COUNTS.pack(len(frames), len(chunks), len(bases) // HASH_SIZE, len(manifests))]
    out += (_FRAME.pack(*frame[:5], len(frame.bases) // HASH_SIZE) for frame in frames)
    out += (_CHUNK.pack(*chunk) for chunk in chunks)
    out.append(bases)
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
        raise ValueError("the footer is too short")
    frame_count, chunk_count, base_count, manifest_count = _COUNTS.unpack_from(data)
    chunks_at = _COUNTS.size + frame_count * _FRAME.size
    bases_at = chunks_at + chunk_count * _CHUNK.size
    manifests_at = bases_at + base_count * HASH_SIZE
    if manifests_at > len(data):
        raise ValueError("the footer is shorter than its lists of frames and chunks")
    frames = tuple(_load_frames(data[_COUNTS.size:chunks_at], data[bases_at:manifests_at]))
    chunks = tuple(map(Chunk._make, _CHUNK.iter_unpack(data[chunks_at:bases_at])))
    for chunk in chunks:
        if chunk.frame >= frame_count or chunk.offset + chunk.length > frames[chunk.frame].length or not chunk.length:
            raise ValueError("a chunk does not lie in its frame")
    return Footer(frames, chunks, tuple(load_manifests(data, manifests_at, manifest_count)))


def _load_frames(data: bytes, bases: bytes) -> Iterator[Frame]:
    position = 0
    for seal, offset, stored, length, encoding, count in _FRAME.iter_unpack(data):
        start, position = position, position + count * HASH_SIZE
        yield Frame(seal, offset, stored, length, encoding, bases[start:position])
    if position != len(bases):
        raise ValueError("the frames do not have as many bases as the footer lists")


def load_manifests(data: bytes, position: int, count: int) -> Iterator[Manifest]:
    """So many manifests from `position` to the end of a footer.

    Raises
    ------
    ValueError : that is not what is there.
    """
    for _ in range(count):
        manifest = load_manifest(data, position)
        position += manifest.written
        yield manifest
    if position != len(data):
        raise ValueError("the footer is longer than its lists")


def load_manifest(data: bytes, position: int = 0) -> Manifest:
    """The manifest that begins at `position`.

    Raises
    ------
    ValueError : there is none.
    """
    start = position + _MANIFEST.size
    if start > len(data):
        raise ValueError("the footer is shorter than its list of manifests")
    content, size, parts = _MANIFEST.unpack_from(data, position)
    end = start + parts * _PART.size
    if end > len(data):
        raise ValueError("a manifest is longer than its footer")
    manifest = Manifest(content, size, data[start:end])
    if sum(part.length for part in manifest.each_part()) != size:
        raise ValueError("the parts of a manifest are not as long as its content")
    return manifest


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
        raise ValueError("the pack has no trailer")
    length, footer_hash, _ = _TRAILER.unpack(data)
    return length, footer_hash


def load_header(data: bytes) -> int:
    """The version of the pack that begins with these bytes.

    Raises
    ------
    ValueError : it is no pack.
    """
    if data[:len(MAGIC)] != MAGIC:
        raise ValueError("it does not begin as a pack")
    if len(data) != _HEADER.size:
        raise ValueError("it is too short")
    _, version, zero = _HEADER.unpack(data)
    if zero:
        raise ValueError("its header was changed")
    return int(version)
