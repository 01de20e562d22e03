"""Parts of splits that no training may see."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlversion.domain.digest import Digest


@dataclass(frozen=True, slots=True)
class Frozen:
    """A part that was frozen: its rows, by what they contain.

    Parameters
    ----------
    split, part : names of the split and of the part.
    size : number of different rows.
    rows : digest of stored identities of 8 bytes each, ascending, each once.
    """

    split: str
    part: str
    size: int
    rows: Digest


@dataclass(frozen=True, slots=True)
class Leak:
    """Rows of a frozen part that a training saw.

    Parameters
    ----------
    split, part : the frozen part.
    rows : number of different rows of it, as it is now or as it was frozen, that were trained on.
    version : full id of the newest version whose training saw some of them; empty: the version that says so.
    trained_as : the split and part that they were trained as, ``name/train``.
    """

    split: str
    part: str
    rows: int
    version: str
    trained_as: str
