"""The folder of the packs: finished ones under their names, growing ones under temporary names that their writers lock.

A lock on a temporary file lives as long as its writer does, so a file that can be locked has a dead writer.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from jupyter_mlversion.store.failure import failures

_PACK = ".pack"
_GROWING = ".growing"
_SECOND = 10**9  # nanoseconds


class Folder:
    """The folder at `path`; made on the first write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pack(self, name: bytes) -> Path:
        """The path of the pack that is called `name` (32 bytes)."""
        return self.path / f"{name.hex()}{_PACK}"

    def names(self) -> set[bytes]:
        """The names of all finished packs; files called otherwise are not ours."""
        return {name for entry in self._entries() if (name := _name_of(entry.name)) is not None}

    def misnamed(self) -> set[str]:
        """Files that look like packs, but not by their names."""
        return {entry.name for entry in self._entries() if entry.name.endswith(_PACK) and _name_of(entry.name) is None}

    def stamp(self) -> int:
        """A number that changes when a pack comes or goes; nanoseconds."""
        try:
            return self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def nbytes(self) -> int:
        """Bytes of all finished packs; of use where there are few."""
        total = 0
        for name in self.names():
            with suppress(FileNotFoundError):
                total += self.pack(name).stat().st_size
        return total

    def mark(self) -> int | None:
        """Give the folder a stamp that it has never had and that no change from now on leaves; 0 when there is none.

        None when the file system does not keep such a stamp: two changes may then bear the same one.
        """
        stamp = time.time_ns() // _SECOND * _SECOND + int.from_bytes(os.urandom(8)) % _SECOND
        try:
            os.utime(self.path, ns=(stamp, stamp))
        except FileNotFoundError:
            return 0
        except OSError:
            return None
        return stamp if self.stamp() == stamp else None

    def grow(self) -> tuple[int, Path]:
        """A new locked temporary file: its file descriptor and its path.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        """
        with failures("making a pack"):
            make_durably(self.path)
            while True:
                path = self.path / f"{os.urandom(16).hex()}{_GROWING}"
                fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX)
                    if os.fstat(fd).st_nlink:  # else `reclaim` came between the two lines above
                        return fd, path
                except BaseException:
                    path.unlink()
                    os.close(fd)
                    raise
                os.close(fd)

    def publish(self, path: Path, name: bytes) -> None:
        """Give the finished and synced temporary file its name, for good.

        When that cannot be made durable, nothing of the pack is left: what a failed fsync dropped, a second one would
        not tell.
        """
        path.rename(self.pack(name))
        try:
            sync_folder(self.path)
        except BaseException:
            self.pack(name).unlink()
            raise

    def reclaim(self) -> int:
        """Remove the temporary files of dead writers; how many there were."""
        with failures("clearing the store"):
            leftovers = [self.path / entry.name for entry in self._entries() if entry.name.endswith(_GROWING)]
            return sum(_remove_dead(path) for path in leftovers)

    def _entries(self) -> list[os.DirEntry[str]]:
        with failures("reading the store"), suppress(FileNotFoundError), os.scandir(self.path) as entries:
            return list(entries)
        return []


def make_durably(path: Path) -> None:
    """Make a folder and those above it so that they survive a power cut."""
    if not path.is_dir():
        make_durably(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _name_of(file_name: str) -> bytes | None:
    stem = file_name.removesuffix(_PACK)
    if stem == file_name or len(stem) != 64 or stem != stem.lower():  # noqa: PLR2004 (hexadecimal digits of a hash)
        return None
    try:
        return bytes.fromhex(stem)
    except ValueError:
        return None


def _remove_dead(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # a writer that finished since the file was opened has renamed it: then there is nothing of that name
        path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    finally:
        os.close(fd)
    return True
