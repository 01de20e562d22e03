"""Everything that a kernel knows, staged: the first half of a checkpoint."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.capture import environment, scan
from jupyter_mlversion.domain.version import Checkpoint
from jupyter_mlversion.repository import Repository, Seen, Staged
from jupyter_mlversion.splits import register
from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Trigger
    from jupyter_mlversion.kernel.cell import Cell
    from jupyter_mlversion.kernel.session import Session


def stage(
    session: Session, cell: Cell, key: str, trigger: Trigger, message: str, seconds: float
) -> tuple[Repository, Staged]:
    """Put what the kernel saw and logged into the store, durably, before the next cell can change it.

    Raises
    ------
    MlversionError : why there can be no version; nothing is left half done.
    """
    notebook = session.notebook
    repository = Repository.open(notebook or Path.cwd(), create=True)
    if session.root != repository.root or session.observer is None:
        session.observe(repository.root)  # a workspace was made above, below, or for the first time
    observer = session.observer
    assert observer is not None  # noqa: S101 - `observe` made it
    path = None if notebook is None else repository.path_of(notebook)
    files = observer.seen(lambda since: scan.changed_since(repository.root, repository.config, since))
    with observer.staging():
        seen = Seen(
            files=files,
            runs=recorder().seal,
            splits=register().seal,
            environment=environment.capture(),
            modules=local_modules(repository.root),
            patterns=tuple(session.patterns),
        )
        event = Checkpoint(key, trigger, datetime.now(UTC), message, path, cell.id, seconds)
        return repository, repository.stage(event, seen)


def local_modules(root: Path) -> tuple[str, ...]:
    """Absolute paths of the source files of imported modules that lie in the workspace."""
    prefixes = (f"{root}/", f"{os.path.realpath(root)}/")
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return tuple({file for file in files if isinstance(file, str) and file.startswith(prefixes)})
