"""The digest of bytes, however many: memory use is bounded by one window."""

from __future__ import annotations

from blake3 import blake3

from jupyter_mlversion.domain.digest import Digest, digest_of_hash
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.store.plan import plain
from jupyter_mlversion.store.source import FileSource, pieces


def hash_of(data: bytes | bytearray | memoryview) -> bytes:
    """The 32 bytes of the BLAKE3 hash of `data`."""
    return blake3(data).digest()


def digest_of_bytes(data: bytes) -> Digest:
    """The digest of `data`."""
    return digest_of_hash(hash_of(data))


def digest_of_file(fd: int, progress: Progress = silent) -> Digest:
    """The digest of the open regular file `fd`, from its start; the file's offset stays where it is.

    Raises
    ------
    FileFailure : it is not a regular file, or cannot be read.
    """
    source = FileSource(fd)
    hasher, done = blake3(), 0
    for view in pieces(source, plain(source)):
        hasher.update(view)
        done += len(view)
        progress("reading", done, source.size)
    return digest_of_hash(hasher.digest())
