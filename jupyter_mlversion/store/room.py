"""Whether there is room for what is about to be stored."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from jupyter_mlversion.errors import DiskFull, NoRoom, QuotaReached
from jupyter_mlversion.store.failure import failures

_RESERVE = 32 * 2**20
_RESERVE_SHARE = 100
_STEP = 64 * 2**20
"""Bytes after which it is asked again whether there is room."""

Quota = int | Callable[[int], int | None] | None
"""Bytes that a store may have, or what tells them from those that it has; None for as many as the disk has."""


class Room:
    """The room left for a store at `root`.

    Parameters
    ----------
    used : tells the bytes that it has; asked when they are needed.
    """

    def __init__(self, root: Path, quota: Quota, used: Callable[[], int]) -> None:
        self._folder = str(next(path for path in (root, *root.absolute().parents) if path.is_dir()))
        self._asked = quota
        self._used = used

    @cached_property
    def _quota(self) -> int | None:
        return self._asked(self._used()) if callable(self._asked) else self._asked

    def spare(self, growing: int) -> int:
        """Bytes that fit for certain, for many small contents; not all that there are, and less than none when full."""
        quota = _STEP if self._quota is None else self._quota - self._used() - growing
        return min(quota, self._free() // 2, _STEP)

    def has(self, nbytes: int, growing: int) -> bool:
        """Whether `nbytes` more fit; `growing` is the length of the pack that is being written."""
        return self._refusal(nbytes, growing) is None

    def check(self, nbytes: int, growing: int) -> None:
        """Raise when `nbytes` more do not fit.

        Raises
        ------
        QuotaReached : the store would grow over its quota.
        DiskFull : the disk has no room left, apart from a small reserve.
        """
        if refusal := self._refusal(nbytes, growing):
            raise refusal

    def _refusal(self, nbytes: int, growing: int) -> NoRoom | None:
        if self._quota is not None and self._used() + growing + nbytes > self._quota:
            message = f"{_size(nbytes)} more would take the store over its quota of {_size(self._quota)}"
            return QuotaReached(message, hint="Raise `quota` in mlversion.toml, or track fewer or smaller files.")
        free = self._free()
        if nbytes > free:
            message = f"the disk has no room for {_size(nbytes)} more: {_size(max(free, 0))} can be used"
            return DiskFull(message, hint="Make room on the disk, then try again.")
        return None

    def _free(self) -> int:
        with failures("looking at the disk"):
            disk = os.statvfs(self._folder)
        reserve = min(_RESERVE, disk.f_blocks * disk.f_frsize // _RESERVE_SHARE)
        return disk.f_bavail * disk.f_frsize - reserve


def _size(nbytes: int) -> str:
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if nbytes >= unit:
            return f"{nbytes / unit:.1f} {name}"
    return f"{nbytes} bytes"
