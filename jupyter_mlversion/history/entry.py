"""A version together with what only the machinery needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version


@dataclass(frozen=True, slots=True)
class Entry:
    """One version as the history holds it.

    Parameters
    ----------
    version : the version, with its labels and tags.
    key : of the checkpoint that made it.
    equality : what decides whether the next checkpoint changed anything.
    """

    version: Version
    key: str
    equality: str
