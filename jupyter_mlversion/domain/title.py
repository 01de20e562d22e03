"""What a checkpoint is called when the user gave it no message."""

from __future__ import annotations

LONGEST_TITLE = 72
"""Characters of a title."""


def title_of(source: str) -> str:
    """The first comment of a cell's source, else its first line that imports nothing; magics do not count."""
    lines = [line.strip() for line in source.splitlines()]
    code = [line for line in lines if line and not line.startswith("%")]
    comments = [line.lstrip("#").strip(" -=%") for line in code if line.startswith("#")]
    telling = [line for line in code if not line.startswith(("import ", "from "))]
    title = next((line for line in [*comments, *telling, *code] if line), "")
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
