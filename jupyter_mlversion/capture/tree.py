"""The workspace, reached so that no symbolic link and no swapped folder leads out of it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_MOST_LINKS = 40
"""As many links as the OS follows before it gives up on a path."""

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path really leads.

    Parameters
    ----------
    path : relative to the workspace, free of links up to its last part; absolute when `outside`.
    outside : whether it leads out of the workspace.
    links : workspace paths of the linked folders on the way.
    """

    path: str
    outside: bool = False
    links: tuple[str, ...] = ()


class Tree:
    """The workspace at `root`, held open; a context manager.

    `locate` looks at links by name; `stat`, `open` and `target` then walk folder by folder from one open file
    descriptor and follow nothing, so that what changed in between is refused (`OSError`) and not followed.

    Raises
    ------
    OSError : `root` cannot be opened.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.path.abspath(root)
        self._real = os.path.realpath(root)
        self._fd = os.open(self._real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._folder: tuple[str, int] = ("", os.dup(self._fd))
        self._plain = {""}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._folder[1])
        os.close(self._fd)

    def locate(self, path: str) -> Place:
        """Where `path` (absolute, or relative to the workspace) leads; its last part is never followed."""
        if not path.startswith("/") and path.rpartition("/")[0] in self._plain and _is_name(path.rpartition("/")[2]):
            return Place(path)
        return self._walk([], path, ())

    def linked(self, place: Place) -> Place:
        """Where the link at `place` points, its own last part not followed.

        Raises
        ------
        OSError : it is no link any more.
        """
        folder = place.path.rpartition("/")[0]
        return self._walk(folder.split("/") if folder else [], self.target(place.path), ())

    def stat(self, path: str) -> os.stat_result:
        """The stat of a located path, of a link itself.

        Raises
        ------
        OSError : it is gone, or a folder on the way was swapped for a link.
        """
        folder, _, name = path.rpartition("/")
        return os.stat(name, dir_fd=self._open_folder(folder), follow_symlinks=False)

    def open(self, path: str) -> int:
        """A file descriptor of a located regular file; never waits for a pipe's other end.

        Raises
        ------
        OSError : it is gone, unreadable, or was swapped for a link.
        """
        folder, _, name = path.rpartition("/")
        return os.open(name, _FILE, dir_fd=self._open_folder(folder))

    def target(self, path: str) -> str:
        """The text of the link at a located path.

        Raises
        ------
        OSError : it is no link.
        """
        folder, _, name = path.rpartition("/")
        return os.readlink(name, dir_fd=self._open_folder(folder))

    def _open_folder(self, folder: str) -> int:
        """The descriptor of a folder; the last one stays open, because neighbours come one after the other."""
        if self._folder[0] == folder:
            return self._folder[1]
        fd = os.dup(self._fd)
        for part in folder.split("/") if folder else ():
            try:
                below = os.open(part, _FOLDER, dir_fd=fd)
            finally:
                os.close(fd)
            fd = below
        os.close(self._folder[1])
        self._folder = (folder, fd)
        return fd

    def _walk(self, done: list[str], path: str, links: tuple[str, ...]) -> Place:
        """Take the parts of `path` one by one, from the folder `done`, as the OS would."""
        parts = self._parts(path)
        if parts is None:
            return self._outside(path, links)
        done = [] if path.startswith("/") else list(done)
        while parts:
            part = parts.pop()
            if part == "..":
                if not done:
                    return self._outside(os.path.join(self._real, "..", *reversed(parts)), links)
                done.pop()
                continue
            done.append(part)
            here = "/".join(done)
            if not parts or here in self._plain:
                continue
            target = self._link(here)
            if target is None:
                self._plain.add(here)
                continue
            links = (*links, here)
            if len(links) > _MOST_LINKS:
                break
            return self._walk(done[:-1], os.path.join(target, *reversed(parts)), links)
        return Place("/".join(done), links=links)

    def _parts(self, path: str) -> list[str] | None:
        """The parts of `path`, last first; None when it is absolute and does not begin with the workspace."""
        if path.startswith("/"):
            inside = next((path[len(base) + 1:] for base in (self._root, self._real)
                           if path == base or path.startswith(base.rstrip("/") + "/")), None)
            if inside is None:
                return None
            path = inside
        return [part for part in reversed(path.split("/")) if part not in {"", "."}]

    def _link(self, path: str) -> str | None:
        try:
            return os.readlink(os.path.join(self._real, path))
        except OSError:
            return None

    def _outside(self, path: str, links: tuple[str, ...]) -> Place:
        """`path` with all its folders' links followed: outside, unless they lead back in."""
        folder, name = os.path.split(path.rstrip("/"))
        real = os.path.join(os.path.realpath(folder), name)
        parts = self._parts(os.path.normpath(real))
        if parts is None:
            return Place(os.path.normpath(real), outside=True, links=links)
        return Place("/".join(reversed(parts)), links=links)


def _is_name(part: str) -> bool:
    return part not in {"", ".", ".."}


def kind_of(mode: int) -> str:
    """What a path is that can be no artifact, in words; empty for regular files, links and folders."""
    kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"),
             (stat.S_ISBLK, "a device"))
    return next((words for test, words in kinds if test(mode)), "")
