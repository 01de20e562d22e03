"""Objects of one change, written as one durable pack by one process; nothing refers to them yet."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.failure import os_failure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_mlversion.history.git import Git

_NOWHERE = b"refs/incoming/nothing"  # the stream needs a name; it is given up before anything is written there


@dataclass(slots=True)
class Writer:
    """Collects commits and blobs for one ``git fast-import``; `write` gives their ids in the order of adding."""

    _stream: list[bytes] = field(default_factory=lambda: [b"feature done\n"])
    _marks: int = 0

    def blob(self, data: bytes) -> None:
        """Adds a blob."""
        self._stream.append(b"blob\nmark :%d\n%s" % (self._mark(), _data(data)))

    def commit(self, *, author: tuple[str, str], seconds: int, message: bytes, parents: Iterable[str],
               files: Iterable[tuple[bytes, bytes]], keep: bool = False) -> None:
        """Adds a commit of `files`, path and bytes; with `keep`, of its first parent's too, less empty ones."""
        who = b"%s <%s> %d +0000\n" % (author[0].encode(), author[1].encode(), seconds)
        self._stream.append(b"commit %s\nmark :%d\nauthor %scommitter %s%s" % (
            _NOWHERE, self._mark(), who, who, _data(message)))
        for index, parent in enumerate(parents):
            self._stream.append(b"%s %s\n" % (b"merge" if index else b"from", parent.encode()))
        if not keep:
            self._stream.append(b"deleteall\n")
        for path, data in files:
            if data:
                self._stream.append(b"M 100644 inline %s\n%s" % (_quoted(path), _data(data)))
            elif keep:
                self._stream.append(b"D %s\n" % _quoted(path))
        self._stream.append(b"reset %s\nfrom %s\n\n" % (_NOWHERE, b"0" * 40))

    def write(self, git: Git) -> list[str]:
        """Makes everything durable, and answers the ids.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused.
        CorruptHistory : Git failed otherwise.
        """
        asks = b"".join(b"get-mark :%d\n" % mark for mark in range(1, self._marks + 1))
        data = b"".join((*self._stream, asks, b"done\n"))
        ids = git.run("fast-import", "--quiet", "--date-format=raw", "--depth=0", data=data).decode().split()
        if len(ids) != self._marks:
            message = "git fast-import did not answer with the ids that it wrote"
            raise CorruptHistory(message)
        sync(git.folder / "objects" / "pack")
        return ids

    def _mark(self) -> int:
        self._marks += 1
        return self._marks


def sync(*folders: Path) -> None:
    """Makes the names in `folders` durable; Git itself only does so for what is in its files."""
    for folder in folders:
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise os_failure("opening a folder of the history", error) from error
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise os_failure("making the history durable", error) from error
        finally:
            os.close(descriptor)


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def _quoted(path: bytes) -> bytes:
    return b'"%s"' % re.sub(rb"[^A-Za-z0-9 _./%-]", lambda match: b"\\%03o" % match[0][0], path)
