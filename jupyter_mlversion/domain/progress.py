"""How long work tells how far it is, and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called often by long work; may raise `Cancelled`, which leaves nothing half done."""

    def __call__(self, phase: str, done: int, total: int, /) -> None:
        """`done` of `total` (bytes, or files; 0 when unknown) of `phase` (a word or two for the user)."""


def silent(phase: str, done: int, total: int, /) -> None:
    """Progress that nobody watches."""
