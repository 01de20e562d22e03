"""The façade: the verbs, the two straight paths, and the joining of staged checkpoints."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlversion.repository.annotate import Branches, Tags
    from jupyter_mlversion.repository.care import Deleted, Gathered, Gone
    from jupyter_mlversion.repository.commit import Outcome
    from jupyter_mlversion.repository.copying import Copied
    from jupyter_mlversion.repository.doctor import Finding
    from jupyter_mlversion.repository.gather import Seen
    from jupyter_mlversion.repository.inspect import Detail, FileChange, LineStatus, Status
    from jupyter_mlversion.repository.repair import Mended
    from jupyter_mlversion.repository.repository import Repository
    from jupyter_mlversion.repository.restoring import Restored
    from jupyter_mlversion.repository.retention import Keep
    from jupyter_mlversion.repository.staging import Staged
    from jupyter_mlversion.repository.usage import Storage

__all__ = [
    "Branches",
    "Copied",
    "Deleted",
    "Detail",
    "FileChange",
    "Finding",
    "Gathered",
    "Gone",
    "Keep",
    "LineStatus",
    "Mended",
    "Outcome",
    "Repository",
    "Restored",
    "Seen",
    "Staged",
    "Status",
    "Storage",
    "Tags",
]

_HOMES = {
    "Branches": "annotate",
    "Copied": "copying",
    "Deleted": "care",
    "Detail": "inspect",
    "FileChange": "inspect",
    "Finding": "doctor",
    "Gathered": "care",
    "Gone": "care",
    "Keep": "retention",
    "LineStatus": "inspect",
    "Mended": "repair",
    "Outcome": "commit",
    "Repository": "repository",
    "Restored": "restoring",
    "Seen": "gather",
    "Staged": "staging",
    "Status": "inspect",
    "Storage": "usage",
    "Tags": "annotate",
}


def __getattr__(name: str) -> Any:
    """Import on first use: a kernel asks for `workspace` in every session, and for the rest only at a checkpoint."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
