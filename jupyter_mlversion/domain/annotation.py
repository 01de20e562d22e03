"""What may be said of a version after it was made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is said of one version.

    Parameters
    ----------
    labels : free metadata.
    starred : whether the user wants to keep it, whatever rules of retention say.
    hidden : whether it was deleted: it is not listed, and its bytes may go; its metadata stays.
    """

    labels: tuple[str, ...] = ()
    starred: bool = False
    hidden: bool = False
