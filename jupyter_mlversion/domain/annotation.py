"""What may be said of a version after it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.version import Version


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is said of one version.

    Parameters
    ----------
    labels : free metadata.
    starred : whether the user wants to keep it, whatever rules of retention say.
    hidden : whether it was deleted: it is not listed, and its bytes may go; its metadata stays.
    message : what it is called instead of the message that it was made with; None: that one.
    note : what the user has to say of it, any number of lines.
    """

    labels: tuple[str, ...] = ()
    starred: bool = False
    hidden: bool = False
    message: str | None = None
    note: str = ""


NOTHING = Annotation()
"""What is said of most versions."""


def annotated(version: Version, said: Annotation, tags: Sequence[str]) -> Version:
    """`version` as it was made, with what is said of it now, and its tags."""
    if said is NOTHING and not tags:
        return version
    renamed = said.message is not None and said.message != version.message
    return replace(
        version, tags=tuple(tags), labels=said.labels, starred=said.starred, hidden=said.hidden, note=said.note,
        message=said.message if renamed and said.message is not None else version.message,
        original_message=version.message if renamed else None,
    )


def as_made(version: Version) -> Version:
    """The inverse of `annotated`: `version` without anything that may change."""
    original = version.message if version.original_message is None else version.original_message
    return replace(version, tags=(), labels=(), starred=False, hidden=False, note="", message=original,
                   original_message=None)
