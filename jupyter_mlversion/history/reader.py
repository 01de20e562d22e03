"""Objects of the history, any number of them by one process."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.failure import failure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from jupyter_mlversion.history.git import Git

_AT_ONCE = 64  # so many requests fit into a pipe: neither side can wait for the other
_kept = threading.local()

TREE = b"40000"
"""The mode of a folder."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object: id, kind (``commit``, ``tree``, ``blob``) and bytes."""

    id: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """A running ``git cat-file --batch``."""

    requests: BinaryIO
    answers: BinaryIO
    errors: BinaryIO

    def items(self, names: Iterable[str]) -> Iterator[Item | None]:
        """The object of each name (an id, or an id and a path); None for one that is missing or ambiguous.

        Raises
        ------
        CorruptHistory : an object exists and cannot be read.
        """
        rest = iter(names)
        while slice_ := list(islice(rest, _AT_ONCE)):
            try:
                self.requests.write("".join(f"{name}\n" for name in slice_).encode())
                self.requests.flush()
            except BrokenPipeError as error:
                raise self._failed() from error
            yield from [self._item(name) for name in slice_]  # all of them: others may use the pipe in between

    def tree(self, commit: str, wanted: Collection[bytes] | None = None) -> dict[bytes, bytes]:
        """All files of a commit, path and bytes.

        Parameters
        ----------
        wanted : only these paths, as far as they are there; other folders are not even looked at.

        Raises
        ------
        CorruptHistory : it is no commit, or an object is missing.
        """
        blobs: dict[bytes, str] = {}
        on_the_way = None if wanted is None else {*wanted, *_folders(wanted)}
        level = {b"": f"{commit}^{{tree}}"}
        while level:
            below: dict[bytes, str] = {}
            for prefix, item in zip(level, self.items(level.values()), strict=True):
                if item is None or item.kind != "tree":
                    message = f"version {commit[:8]} lacks the folder {prefix!r}"
                    raise CorruptHistory(message, hint="Run mlversion verify.")
                for mode, name, id_ in entries_of(item.data):
                    path = prefix + name + (b"/" if mode == TREE else b"")
                    if on_the_way is None or path in on_the_way:
                        (below if mode == TREE else blobs)[path] = id_
            level = below
        files: dict[bytes, bytes] = {}
        for path, item in zip(blobs, self.items(blobs.values()), strict=True):
            if item is None:
                message = f"version {commit[:8]} lacks the file {path!r}"
                raise CorruptHistory(message, hint="Run mlversion verify.")
            files[path] = item.data
        return files

    def _item(self, name: str) -> Item | None:
        header = self.answers.readline()
        if header.endswith((b" missing\n", b" ambiguous\n")):
            return None
        fields = header.split()
        if len(fields) != 3:  # noqa: PLR2004 - id, kind and size
            raise self._failed()
        size = int(fields[2])
        data = self.answers.read(size + 1)
        if len(data) != size + 1:
            message = f"{name} cannot be read"
            raise CorruptHistory(message, hint="Run mlversion verify.")
        return Item(fields[0].decode(), fields[1].decode(), data[:-1])

    def _failed(self) -> Exception:
        return failure("git cat-file", self.errors.read().decode("utf-8", "replace"), CorruptHistory)


@contextmanager
def keeping() -> Iterator[None]:
    """While the block runs, one process serves every `reading` of this thread; it is started when it is needed."""
    if getattr(_kept, "stack", None) is not None:
        yield
        return
    with ExitStack() as stack:
        _kept.stack, _kept.readers = stack, {}
        try:
            yield
        finally:
            _kept.stack = None


@contextmanager
def reading(git: Git) -> Iterator[Reader]:
    """A reader of the objects of `git`'s repository, gone at the end, or when `keeping` ends."""
    if getattr(_kept, "stack", None) is None:
        with _started(git) as reader:
            yield reader
        return
    readers: dict[Path, Reader] = _kept.readers
    if git.folder not in readers:
        readers[git.folder] = _kept.stack.enter_context(_started(git))
    try:
        yield readers[git.folder]
    except GeneratorExit:  # whoever asked needs no more, and has all answers
        raise
    except BaseException:
        readers.pop(git.folder, None)  # whatever answers are still in its pipe, nobody reads them
        raise


@contextmanager
def _started(git: Git) -> Iterator[Reader]:
    with git.start("cat-file", "--batch") as process:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            message = "git cat-file has no pipes"
            raise CorruptHistory(message)
        yield Reader(process.stdin, process.stdout, process.stderr)  # type: ignore[arg-type]


def _folders(paths: Iterable[bytes]) -> Iterator[bytes]:
    """The folders above some files, with ``/`` at their ends."""
    for path in paths:
        end = path.find(b"/")
        while end >= 0:
            yield path[:end + 1]
            end = path.find(b"/", end + 1)


def entries_of(tree: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """Mode, name and id of each entry of a tree object."""
    start = 0
    while start < len(tree):
        end = tree.index(b"\0", start)
        mode, _, name = tree[start:end].partition(b" ")
        yield mode, name, tree[end + 1:end + 21].hex()
        start = end + 21
