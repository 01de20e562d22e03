"""What each content was made from, in the order of history."""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """What a content was called in its folder, and its guides there: names and hashes. See `plan.beside`."""

    name: str
    guides: tuple[tuple[str, bytes], ...]


class Step(NamedTuple):
    """A content, and what the same path held before.

    Parameters
    ----------
    content, parent : hashes; None where nothing was before, or nobody knows.
    named : where files beside it may say what lies where in it.
    """

    content: bytes
    parent: bytes | None = None
    named: Named | None = None
