"""What keeps the history small and whole: packing, and the leftovers of killed processes."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.history.failure import os_failure
from jupyter_mlversion.history.writer import sync

if TYPE_CHECKING:
    from jupyter_mlversion.history.git import Git

PACKS = 16
"""So many packs lie beside each other before they are joined; every version adds one."""

_OBJECT = re.compile(r"tmp_.+|\.tmp-.+")
_CRASH = re.compile(r"fast_import_crash_\d+")


def pack(git: Git) -> None:
    """Joins packs (each at least twice as large as the next, so that a version is rewritten few times), and refs."""
    with os.scandir(git.folder / "objects" / "pack") as entries:
        packs = sum(entry.name.endswith(".pack") for entry in entries)
    if packs > PACKS:
        git.run("repack", "--geometric=2", "-d", "-q", "--no-write-bitmap-index")
        git.run("pack-refs", "--all", "--prune")
        sync(git.folder / "objects" / "pack", git.folder)


def sweep(git_dir: Path) -> None:
    """Removes what killed processes left; the caller holds the writer's lock, so that nobody is at work.

    Raises
    ------
    FileFailure : a leftover cannot be removed.
    """
    try:
        for path in _leftovers(git_dir):
            path.unlink(missing_ok=True)
        for path in git_dir.parent.glob(f"{git_dir.name}.new-*"):
            shutil.rmtree(path)
    except OSError as error:
        raise os_failure("removing a leftover of the history", error) from error


def _leftovers(git_dir: Path) -> list[Path]:
    # No ref can be named .lock, but one can be named tmp_: below refs, nothing else is a leftover.
    found = [Path(folder, name) for folder, _, names in os.walk(git_dir) for name in names if name.endswith(".lock")]
    found += [Path(folder, name) for folder, _, names in os.walk(git_dir / "objects") for name in names
              if _OBJECT.fullmatch(name)]
    found += [path for path in git_dir.glob("fast_import_crash_*") if _CRASH.fullmatch(path.name)]
    # A pack that is being written is kept from collection by a .keep, and has no index yet: one without is no pack.
    packs = git_dir / "objects" / "pack"
    found += [path for path in packs.glob("pack-*.keep") if path.read_bytes().startswith(b"fast-import")]
    found += [path for path in packs.glob("pack-*.pack") if not path.with_suffix(".idx").exists()]
    found += [path for path in packs.glob("pack-*.idx") if not path.with_suffix(".pack").exists()]
    return found
