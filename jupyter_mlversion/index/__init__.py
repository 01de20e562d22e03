"""A query cache in SQLite, made again from the history whenever it is missing or bad."""

from __future__ import annotations

from jupyter_mlversion.index.index import Index
from jupyter_mlversion.index.outcome import Outcome

__all__ = ["Index", "Outcome"]
