"""The workspace reached by folder descriptors: no path leads out of it, no symbolic link is followed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import FileFailure, OutsideWorkspace
from jupyter_mlversion.store import digest_of_bytes, digest_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.domain.digest import Digest

_FORBIDDEN = {".mlversion", ".git"}
_STAYS = {errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY}  # not empty, or a mount point
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def parts_of(path: str) -> tuple[str, ...]:
    """The parts of a workspace path that a restore may touch.

    Raises
    ------
    OutsideWorkspace : it is absolute or empty, goes up, or leads into ``.mlversion`` or a Git repository's own folder.
    """
    parts = tuple(path.split("/"))
    bad = {"", ".", ".."}
    if any(part in bad or part.casefold() in _FORBIDDEN or "\0" in part for part in parts):
        message = f"{path!r} is not a path that a restore may touch"
        raise OutsideWorkspace(message)
    return parts


@contextmanager
def open_root(path: os.PathLike[str] | str) -> Iterator[int]:
    """A descriptor of the workspace folder itself."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_folder(root: int, parts: tuple[str, ...]) -> Iterator[int]:
    """A descriptor of the folder `parts` below the folder `root`.

    Raises
    ------
    OSError : a part is missing, is not a folder, or is a symbolic link.
    """
    descriptor = os.dup(root)
    try:
        for part in parts:
            following = os.open(part, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = following
        yield descriptor
    finally:
        os.close(descriptor)


def status_at(folder: int, name: str) -> os.stat_result | None:
    """The status of `name` in `folder`, links not followed; None when there is nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def digest_at(folder: int, name: str) -> Digest | None:
    """The digest of the file `name` (of a symbolic link: of its target's text); None when it cannot be read."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            return digest_of_bytes(os.fsencode(os.readlink(name, dir_fd=folder)))
        if not stat.S_ISREG(status.st_mode):
            return None
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError:
        return None
    try:
        return digest_of_file(descriptor)
    except FileFailure:
        return None
    finally:
        os.close(descriptor)


def make_folder(root: int, parts: tuple[str, ...], mode: int | None = None) -> None:
    """Make the folder `parts`, with exactly the permission bits `mode` if given; one that exists is fine.

    Raises
    ------
    OSError : anything else is in its place, or the OS refused.
    """
    with open_folder(root, parts[:-1]) as parent:
        try:
            os.mkdir(parts[-1], dir_fd=parent)
        except FileExistsError:
            mode = None
    with open_folder(root, parts) as folder:
        if mode is not None:
            os.fchmod(folder, mode)


def remove_folder(root: int, parts: tuple[str, ...]) -> None:
    """Remove the folder `parts` if it is there and empty."""
    with suppress(FileNotFoundError, NotADirectoryError), open_folder(root, parts[:-1]) as parent:
        try:
            os.rmdir(parts[-1], dir_fd=parent)
        except OSError as error:
            if error.errno not in _STAYS:
                raise

