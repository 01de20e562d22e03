"""What a container tells about itself: where its arrays lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

_BUDGET = 2**22  # bytes and
_READS = 100_000  # times that headers are read: seconds, and not more memory than reading a content takes
_MANY = 100_000


class Region(NamedTuple):
    """Bytes of a container that change together and begin at a place of their own.

    Parameters
    ----------
    offset, length : bytes.
    width : bytes of one element where it is an array as it lies in memory; 0 for anything else (compressed, text).
    """

    offset: int
    length: int
    width: int


class Headers:
    """The headers of a container: some of its bytes may be looked at, never all of it.

    Parameters
    ----------
    source : the container.
    start, size : bytes; the part of `source` that is looked at, for containers within containers.
    """

    def __init__(self, source: Source, start: int = 0, size: int | None = None) -> None:
        self._source = source
        self._start = start
        self.size = source.size if size is None else size
        self._left = [_BUDGET, _READS]

    def read(self, offset: int, length: int) -> bytes:
        """The `length` bytes at `offset`.

        Raises
        ------
        ValueError : they are not all there, or more was asked for than headers can be.
        """
        self._left[0] -= length
        self._left[1] -= 1
        if not 0 <= offset <= offset + length <= self.size or min(self._left) < 0:
            raise ValueError("no such header")
        data = bytes(self._source.read(self._start + offset, length))
        if len(data) < length:
            raise ValueError("the file became shorter")
        return data

    def within(self, offset: int, length: int) -> Headers:
        """The headers of the container that lies there; the two share what may be looked at."""
        inner = Headers(self._source, self._start + offset, length)
        inner._left = self._left
        return inner


def in_order(regions: Iterable[Region], size: int) -> list[Region]:
    """The regions that are not empty, by offset.

    Raises
    ------
    ValueError : two of them overlap, one is not within `size` bytes, or they are too many to be true.
    """
    found = sorted(region for region in regions if region.length)
    end = 0
    for region in found:
        if not end <= region.offset <= region.offset + region.length <= size:
            raise ValueError("the regions are not one after another")
        end = region.offset + region.length
    if len(found) > _MANY:
        raise ValueError("too many regions")
    return found
