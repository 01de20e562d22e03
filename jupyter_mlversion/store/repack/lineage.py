"""What each content was made from, in the order of history."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """A content, and what the same path held before.

    Parameters
    ----------
    content, parent : hashes; None where nothing was before, or nobody knows.
    """

    content: bytes
    parent: bytes | None = None
