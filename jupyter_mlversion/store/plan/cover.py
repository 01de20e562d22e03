"""From the regions of a container to the cuts of all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.cdc import blocks, by_content
from jupyter_mlversion.store.plan.cut import Cut
from jupyter_mlversion.store.plan.region import Region

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

_SMALL = 2**14  # bytes; shorter regions share a chunk,
_SHARED = 2**16  # which ends when it has so many
_FLOATS = (2, 4, 8)


def cover(source: Source, regions: Iterable[Region]) -> Iterator[Cut]:
    """Every region begins a chunk of its own, but for small ones beside each other, which share one.

    Parameters
    ----------
    regions : in order, without overlaps.
    """
    run: list[Region] = []
    length = 0
    for region in _covering(regions, source.size):
        small = region.length < _SMALL
        if small:
            run.append(region)
            length += region.length
        if run and (not small or length >= _SHARED):
            yield _together(run)
            run, length = [], 0
        if not small:
            yield from _cut(source, region)
    if run:
        yield _together(run)


def _covering(regions: Iterable[Region], size: int) -> Iterator[Region]:
    """The regions, and what lies between them."""
    end = 0
    for region in regions:
        if region.offset > end:
            yield Region(end, region.offset - end, 0)
        yield region
        end = region.offset + region.length
    if end < size:
        yield Region(end, size - end, 0)


def _together(run: list[Region]) -> Cut:
    widths = {region.width for region in run}
    return Cut(sum(region.length for region in run), _float(widths.pop()) if len(widths) == 1 else 0)


def _cut(source: Source, region: Region) -> Iterator[Cut]:
    end = region.offset + region.length
    lengths = blocks(region.length) if region.width else by_content(source, region.offset, end)
    return (Cut(length, _float(region.width)) for length in lengths)


def _float(width: int) -> int:
    return width if width in _FLOATS else 0
