"""What a put tells about the bytes that it stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest


@dataclass(frozen=True, slots=True)
class Content:
    """Some stored bytes.

    Parameters
    ----------
    digest : of the bytes as they were stored.
    size : bytes.
    new : bytes of it that the store did not hold, counted before it encodes them; 0 when it held them all.
    stable : False when a file never held still while it was copied: what is stored may be a mixture that it never was.
    """

    digest: Digest
    size: int
    new: int
    stable: bool
