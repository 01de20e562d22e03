"""What a folder holds, as far as a look at it tells."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

WIDTH = 5
"""Numbers that are kept of each file."""

_RANGE = 1 << 64


class Status(Protocol):
    """What counts of `os.stat_result` and of `Facts`."""

    @property
    def st_size(self) -> int: ...  # noqa: D102 - as the OS has it, likewise below
    @property
    def st_mtime_ns(self) -> int: ...  # noqa: D102
    @property
    def st_ctime_ns(self) -> int: ...  # noqa: D102
    @property
    def st_ino(self) -> int: ...  # noqa: D102
    @property
    def st_mode(self) -> int: ...  # noqa: D102


class Facts(NamedTuple):
    """What the OS says of a file and what changes when the file does; see `os.stat_result`, whose fields these are."""

    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_ino: int
    st_mode: int


@dataclass(slots=True)
class Listing:
    """The entries of one folder that are no folders, by name.

    Parameters
    ----------
    folder : workspace path, empty for the workspace itself.
    names : sorted.
    numbers : the facts of each, one after the other; small, because there may be very many.
    hidden : names that are there and of which the OS tells nothing more.
    culprit : the part of `folder` for which a built-in rule leaves its files out; empty without one.
    """

    folder: str
    names: list[str] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    hidden: list[str] = field(default_factory=list)
    culprit: str = ""

    def facts(self, place: int) -> Facts:
        """The facts of the entry at a place in `names`."""
        return Facts(*self.numbers[place * WIDTH:place * WIDTH + WIDTH])

    def path(self, name: str) -> str:
        """The workspace path of an entry."""
        return f"{self.folder}/{name}" if self.folder else name


def packed(numbers: list[int]) -> array[int]:
    """Numbers of 64 bits; what is larger (inodes of some file systems) is wrapped around."""
    try:
        return array("q", numbers)
    except OverflowError:
        half = _RANGE >> 1
        return array("q", [(number + half) % _RANGE - half for number in numbers])


def join_names(names: list[str]) -> bytes:
    """Names as bytes; no name holds NUL."""
    return os.fsencode("\0".join(names))


def split_names(data: bytes) -> list[str]:
    """The inverse of `join_names`."""
    return os.fsdecode(data).split("\0") if data else []
