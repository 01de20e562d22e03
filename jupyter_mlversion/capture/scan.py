"""Walks the workspace for files that nobody pointed at."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.domain.listing import WIDTH, Listing, packed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from jupyter_mlversion.config import Config


def tracked(root: Path, config: Config) -> list[str]:
    """The files, and symbolic links, that fit `config.track`, as sorted workspace paths; nothing is followed."""
    if not config.track:
        return []
    ignore = Ignore(root, config)
    return sorted(listing.path(name) for listing in listings(root, ignore)
                  for name in chosen(listing, ignore, tracked_only=True))


def changed_since(root: Path, config: Config, since_ns: int) -> list[str]:
    """The files, and symbolic links, that changed at or after a time, as sorted workspace paths; nothing is followed.

    Parameters
    ----------
    since_ns : nanoseconds since the epoch; content, name, mode and owner changes count (mtime and ctime).
    """
    ignore = Ignore(root, config)
    return sorted(listing.path(name) for listing in listings(root, ignore)
                  for name in _changed(listing, since_ns, ignore))


def listings(root: Path, ignore: Ignore) -> Iterator[Listing]:
    """What every folder of the workspace holds, one stat for each file; folders that are left out are not entered."""
    pending = [""]
    while pending:
        folder = pending.pop()
        entries = _entries(os.path.join(root, folder) if folder else os.fspath(root))
        if folder and ignore.prunes(folder, (name for name, _, _ in entries)):
            continue
        prefix = f"{folder}/" if folder else ""
        pending.extend(prefix + name for name, is_folder, _ in entries if is_folder)
        yield _listing(folder, [(name, status) for name, is_folder, status in entries if not is_folder], ignore)


def chosen(listing: Listing, ignore: Ignore, *, tracked_only: bool, known: Container[str] = ()) -> list[str]:
    """The names in a listing of files and links that belong to a version though nobody pointed at them.

    Parameters
    ----------
    known : names that need not be told.
    """
    if tracked_only:  # what can be no artifact is told of, when it was asked for
        names = [name for name in (*listing.names, *listing.hidden) if name not in known]
    else:
        modes = zip(listing.names, listing.numbers[WIDTH - 1::WIDTH], strict=True)
        names = [name for name, mode in modes if name not in known and (stat.S_ISREG(mode) or stat.S_ISLNK(mode))]
    return ignore.kept(listing.folder, names, tracked_only=tracked_only)


def _changed(listing: Listing, since_ns: int, ignore: Ignore) -> list[str]:
    times = zip(listing.names, listing.numbers[1::WIDTH], listing.numbers[2::WIDTH], listing.numbers[4::WIDTH],
                strict=True)
    names = [name for name, mtime, ctime, mode in times if (mtime >= since_ns or ctime >= since_ns)
             and (stat.S_ISREG(mode) or stat.S_ISLNK(mode))]
    return ignore.kept(listing.folder, names, tracked_only=False)


def _listing(folder: str, entries: list[tuple[str, os.stat_result | None]], ignore: Ignore) -> Listing:
    entries.sort()
    numbers: list[int] = []
    for _, status in entries:
        if status is not None:
            numbers += (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)
    return Listing(folder, [name for name, status in entries if status is not None], packed(numbers),
                   [name for name, status in entries if status is None], ignore.culprit(folder))


def _entries(folder: str) -> list[tuple[str, bool, os.stat_result | None]]:
    """Name, whether it is a folder, and else its stat (None when that is refused); without what went meanwhile."""
    found: list[tuple[str, bool, os.stat_result | None]] = []
    with suppress(OSError), os.scandir(folder) as entries:  # gone, or not ours to read: nothing in it can be captured
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                found.append((entry.name, is_folder, None if is_folder else entry.stat(follow_symlinks=False)))
            except FileNotFoundError:  # gone since it was listed
                continue
            except OSError:
                found.append((entry.name, False, None))
    return found
