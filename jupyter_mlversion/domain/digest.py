"""Content identity."""

from __future__ import annotations

import re
from typing import NewType

Digest = NewType("Digest", str)
"""``"blake3:"`` and 64 lower-case hexadecimal digits: the BLAKE3 hash of some bytes."""

_PATTERN = re.compile(r"blake3:[0-9a-f]{64}")


def is_digest(text: object) -> bool:
    """Whether `text` is spelled as a digest."""
    return isinstance(text, str) and _PATTERN.fullmatch(text) is not None


def digest_of_hash(raw: bytes) -> Digest:
    """The digest whose hash is the 32 bytes `raw`."""
    return Digest(f"blake3:{raw.hex()}")


def hash_of_digest(digest: Digest) -> bytes:
    """The 32 bytes of `digest`."""
    return bytes.fromhex(digest[7:])
