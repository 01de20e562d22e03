"""Versions in Git: a private bare repository of which every commit is one version."""

from __future__ import annotations

from jupyter_mlversion.history.annotation import Said
from jupyter_mlversion.history.entry import Entry
from jupyter_mlversion.history.folder import artifacts_from
from jupyter_mlversion.history.git import Git
from jupyter_mlversion.history.history import History
from jupyter_mlversion.history.names import HEADS, NOTES, TAGS, holds_versions
from jupyter_mlversion.history.reader import keeping

__all__ = ["HEADS", "NOTES", "TAGS", "Entry", "Git", "History", "Said", "artifacts_from", "holds_versions", "keeping"]
