"""A new repository's folder, and which format a folder has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history import History
from jupyter_mlversion.repository.durable import os_failure, write_durably

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1


def create_folder(folder: Path) -> None:
    """Make the ``.mlversion`` folder `folder`; its format file comes last, so that a half made one is made again.

    Raises
    ------
    MissingGit, DiskFull, FileFailure : it cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)  # it holds copies of files that may be private
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        History(folder / "history.git").create()
        write_durably(folder / "format.json", canonical.dump({"format": FORMAT}))
    except OSError as error:
        raise os_failure(error, folder) from error


def check_format(folder: Path) -> None:
    """Refuse a folder whose format this program does not know.

    Raises
    ------
    CorruptHistory : its format is another, or cannot be read.
    """
    try:
        found = canonical.load((folder / "format.json").read_bytes())["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder / 'format.json'} cannot be read: {error}"
        raise CorruptHistory(message, hint=f'Its content should be {{"format":{FORMAT}}}.') from error
    if found != FORMAT:
        message = f"{folder} has the format {found}; this program knows format {FORMAT}"
        raise CorruptHistory(message, hint="Upgrade jupyter_mlversion.")
