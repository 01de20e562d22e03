"""How content is cut into chunks: planners, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan.cut import CHUNK, LONGEST, Cut, Planner
from jupyter_mlversion.store.plan.plain import plain

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

__all__ = ["CHUNK", "LONGEST", "Cut", "Planner", "plain", "plan"]


def plan(source: Source, /) -> Iterator[Cut]:
    """The pieces of `source`, by what it is; never raises because of what it holds."""
    return plain(source)
