"""How content is cut into chunks: planners, and the choice among them.

Only headers of known containers are looked at, and never believed: what does not add up is cut by its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.cdc import USUAL
from jupyter_mlversion.store.plan.cover import cover
from jupyter_mlversion.store.plan.cut import CHUNK, LONGEST, Cut, Planner
from jupyter_mlversion.store.plan.plain import plain

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

__all__ = ["CHUNK", "LONGEST", "Cut", "Planner", "plain", "plan"]


def plan(source: Source, /) -> Iterator[Cut]:
    """The pieces of `source`: its arrays and columns where it is a known container, else as its bytes look.

    It never raises because of what `source` holds. What is small stays whole.
    """
    if source.size > USUAL:
        from jupyter_mlversion.store.plan.kinds import regions_of  # most contents are small

        yield from cover(source, regions_of(source))
    elif source.size:
        yield Cut(source.size)
