"""A new history."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.history.failure import os_failure
from jupyter_mlversion.history.writer import sync

if TYPE_CHECKING:
    from jupyter_mlversion.history.git import Git


def create(git: Git) -> None:
    """Makes the bare repository beside its place, then puts it there: it is whole or not there at all.

    Raises
    ------
    MissingGit, DiskFull, FileFailure : it cannot be made.
    """
    new = git.folder.with_name(f"{git.folder.name}.new-{uuid.uuid4().hex}")
    options = tuple(option for option in git.options if not option.startswith("--git-dir="))
    maker = replace(git, folder=git.folder.parent, options=options)
    maker.run("init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--initial-branch=main", str(new))
    _configure(new)
    try:
        sync(*(Path(folder) for folder, _, _ in os.walk(new)))
        new.rename(git.folder)
        sync(git.folder.parent)
    except OSError as error:
        raise os_failure("making the history", error) from error


def _configure(new: Path) -> None:
    """For who runs git there by hand: nothing is collected that only we know to be needed."""
    from git import GitConfigParser

    with GitConfigParser(str(new / "config"), read_only=False) as config:
        config.set_value("gc", "auto", 0)
