"""How content is cut into chunks.

A planner may look at the bytes; that they change afterwards does no harm, because only the lengths are taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

CHUNK = 2**20
"""Bytes of a chunk of the plain planner."""


class Planner(Protocol):
    """Decides where content is cut."""

    def __call__(self, source: Source, /) -> Iterator[int]:
        """The lengths of the chunks in order, bytes, each above 0; their sum is the size of `source`."""


def plain(source: Source, /) -> Iterator[int]:
    """Chunks of 1 MiB and one for the rest."""
    whole, rest = divmod(source.size, CHUNK)
    for _ in range(whole):
        yield CHUNK
    if rest:
        yield rest
