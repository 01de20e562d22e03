"""All refs, read straight from their files: to know where things stand starts no process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_mlversion.history.names import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


def packed_refs(path: Path) -> Mapping[str, str]:
    """The refs in a file of packed ones; none where there is no such file.

    Raises
    ------
    OSError, ValueError : it cannot be read, or says what is not understood here.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split(" ", 1) for line in lines if not line.startswith(("#", "^")))
    return {ref: _id(id_) for id_, ref in pairs}


def ref_files(git_dir: Path, packed: Callable[[Path], Mapping[str, str]] = packed_refs) -> dict[str, str] | None:
    """Every ref and the id in it, sorted by name; None when Git has to be asked: it keeps refs in another way.

    A ref that moves meanwhile is found as it was or as it is: each has a file of its own until the file of those that
    were packed has it, and that one is read last.

    Parameters
    ----------
    packed : reads the file of packed refs.
    """
    if (git_dir / "reftable").exists():
        return None
    try:
        own = dict(_own(os.fspath(git_dir), "refs"))
        known = {**packed(git_dir / "packed-refs"), **own}
    except (OSError, ValueError):
        return None
    return dict(sorted(known.items()))


def _own(git_dir: str, folder: str) -> Iterator[tuple[str, str]]:
    """The refs below `folder` that have files of their own."""
    try:
        with os.scandir(f"{git_dir}/{folder}") as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except FileNotFoundError:  # its last ref was packed just now
        return
    for name, is_folder in found:
        ref = f"{folder}/{name}"
        if is_folder:
            yield from _own(git_dir, ref)
        elif not name.endswith(".lock"):
            try:
                with open(f"{git_dir}/{ref}", encoding="ascii") as file:
                    yield ref, _id(file.read())
            except FileNotFoundError:
                continue


def _id(text: str) -> str:
    """The id that a ref holds; a ref that holds anything else is left for Git to tell of."""
    id_ = text.rstrip("\n")
    if not is_id(id_):
        raise ValueError(text)
    return id_
