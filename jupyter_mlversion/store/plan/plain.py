"""Cutting without looking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.cut import CHUNK, Cut

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source


def plain(source: Source, /) -> Iterator[Cut]:
    """Chunks of 1 MiB and one for the rest."""
    whole, rest = divmod(source.size, CHUNK)
    for _ in range(whole):
        yield Cut(CHUNK)
    if rest:
        yield Cut(rest)
