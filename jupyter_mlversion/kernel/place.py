"""Which notebook a kernel belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def notebook_of(shell: InteractiveShell) -> Path | None:
    """Absolute path of the notebook, as Jupyter's server or VS Code tell it; None in a console."""
    for told in (os.environ.get("JPY_SESSION_NAME"), shell.user_ns.get("__vsc_ipynb_file__")):
        if isinstance(told, str) and told.endswith(".ipynb") and os.path.isabs(told):
            return Path(told)
    return None


def workspace_of(notebook: Path | None) -> Path:
    """The workspace of the notebook, or of the present folder.

    Raises
    ------
    UnsafeWorkspace : that would be a home folder or the root of the file system.
    """
    from jupyter_mlversion.repository.workspace import find_root

    return find_root(notebook or Path.cwd())
