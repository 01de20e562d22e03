"""What became of a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the checkpoint with some key.

    Parameters
    ----------
    version : full id of the version that it made; None when nothing had changed.
    """

    version: str | None
