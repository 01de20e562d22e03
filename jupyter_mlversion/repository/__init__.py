"""The façade: the verbs, the two straight paths, and the joining of staged checkpoints."""

from jupyter_mlversion.repository.commit import Outcome
from jupyter_mlversion.repository.doctor import Finding
from jupyter_mlversion.repository.gather import Seen
from jupyter_mlversion.repository.inspect import Detail, FileChange, LineStatus, Status
from jupyter_mlversion.repository.repository import Repository
from jupyter_mlversion.repository.restoring import Restored
from jupyter_mlversion.repository.staging import Staged

__all__ = [
    "Detail",
    "FileChange",
    "Finding",
    "LineStatus",
    "Outcome",
    "Repository",
    "Restored",
    "Seen",
    "Staged",
    "Status",
]
