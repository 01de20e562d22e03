"""What is damaged or missing, put right from wherever there are sound bytes."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store import digest_of_bytes, digest_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.repository.verify import Users
    from jupyter_mlversion.store import Store

_WHOLE = 64 * 2**20  # bytes of a file that is read at once to find out whether it is a chunk


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did.

    Parameters
    ----------
    before, left : the damage that there was, and that there still is.
    """

    before: tuple[Damage, ...]
    left: tuple[Damage, ...]


class WorkspaceSource:
    """The present files of the workspace, as a source of chunks.

    Parameters
    ----------
    root : the workspace.
    users : tells the paths at which versions have a content.
    """

    def __init__(self, root: Path, users: Mapping[Digest, tuple[set[str], set[str]]]) -> None:
        self._root = root
        self._users = users

    def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
        """See `ChunkSource`."""
        for path in self.paths(content):
            with suppress(OSError), _opened(self._root / path) as fd:
                size = os.fstat(fd).st_size
                if length is None and size <= _WHOLE:
                    data = os.pread(fd, size, 0)
                    if digest_of_bytes(data) == content:
                        return data
                elif length is not None and size >= offset + length:
                    return os.pread(fd, length, offset)
        return None

    def paths(self, content: Digest) -> list[str]:
        """Where the content may be."""
        return sorted(path for path in self._users.get(content, (set(), set()))[1] if not path.startswith("/"))


def store_again(root: Path, store: Store, users: Users) -> None:
    """Put contents that the store lacks, and that the workspace has, into the store. The caller is `storing`."""
    source = WorkspaceSource(root, users)
    with store.batch() as batch:
        for content in store.missing(users):
            for path in source.paths(content):
                with suppress(OSError, FileFailure):
                    if (root / path).is_symlink():
                        target = os.fsencode((root / path).readlink())
                        if digest_of_bytes(target) == content:
                            batch.put_bytes(target)
                        continue
                    with _opened(root / path) as fd:
                        if digest_of_file(fd) == content:
                            batch.put_file(fd)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The descriptor of a regular file; nothing is followed, nothing waited for."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise FileNotFoundError(path)
        yield fd
    finally:
        os.close(fd)
