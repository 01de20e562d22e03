"""Files that a notebook's code names: all that can be known of its data without a kernel."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_QUOTED = re.compile(r"""(['"])([^'"\n\\]{1,300}?)\1""")


def mentioned(root: Path, notebook: str, document: bytes) -> list[str]:
    """Workspace paths of existing regular files whose names stand in quotes in the code cells of a notebook.

    Parameters
    ----------
    notebook : workspace path of the notebook; names are looked up from its folder.
    document : its bytes; what is no notebook names nothing.
    """
    try:
        cells = json.loads(document).get("cells", [])
        sources = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, AttributeError, KeyError, TypeError):
        return []
    names = {match[2] for source in sources for match in _QUOTED.finditer(source)}
    return sorted({path for name in names if (path := _inside(root, (root / notebook).parent / name)) is not None})


def _inside(root: Path, named: Path) -> str | None:
    try:
        path = named.resolve()
        return path.relative_to(root.resolve()).as_posix() if path.is_file() else None
    except (OSError, ValueError):
        return None
