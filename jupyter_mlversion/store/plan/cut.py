"""What every planner answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

CHUNK = 2**20
"""Bytes of a chunk where nothing speaks for another length."""

LONGEST = 2**22
"""Bytes that no planner's chunk is longer than: what is read at once."""


class Cut(NamedTuple):
    """The next piece of a content.

    Parameters
    ----------
    length : bytes, above 0.
    width : bytes of one float (2, 4, 8) where the piece consists of floats, else 0; of use to who encodes it.
    """

    length: int
    width: int = 0


class Planner(Protocol):
    """Decides where content is cut.

    A planner may look at the bytes; that they change afterwards does no harm, because only lengths are taken from it.
    """

    def __call__(self, source: Source, /) -> Iterator[Cut]:
        """The pieces in order; their lengths sum up to the size of `source`."""
