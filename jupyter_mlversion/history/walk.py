"""The files of many versions, of which most are the same: each object is read once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.names import check_id
from jupyter_mlversion.history.reader import TREE, entries_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from jupyter_mlversion.history.reader import Reader

_AT_ONCE = 256

File = tuple[bytes, bytes]
"""Path in the tree, and bytes."""


class Beside(set[str]):
    """A set that also contains what another collection does; only its own grows."""

    def __init__(self, other: Collection[str]) -> None:
        super().__init__()
        self._other = other

    def __contains__(self, item: object) -> bool:
        return super().__contains__(item) or item in self._other


def files(reader: Reader, ids: Iterable[str], seen: set[str]) -> Iterator[File]:
    """Path in the tree and bytes of every file of the versions `ids` that is not in `seen`.

    Parameters
    ----------
    seen : ids of trees and files that need not be read any more; those that were read are added.

    Raises
    ------
    CorruptHistory : an object is missing: what a version holds is then not known.
    """
    rest = iter(ids)
    while slice_ := list(islice(rest, _AT_ONCE)):
        level = {f"{id_}^{{tree}}": b"" for id_ in slice_}
        while level:
            below: dict[str, bytes] = {}
            blobs: dict[str, bytes] = {}
            for prefix, data in _objects(reader, level):
                for mode, name, id_ in entries_of(data):
                    if id_ not in seen:
                        seen.add(id_)
                        (below if mode == TREE else blobs)[id_] = prefix + name + (b"/" if mode == TREE else b"")
            yield from _objects(reader, blobs)
            level = below


def file(reader: Reader, ids: Iterable[str], path: str) -> Iterator[bytes | None]:
    """The file at `path` in the tree of each of the versions `ids`; None where it has none."""
    for item in reader.items(f"{check_id(id_)}:{path}" for id_ in ids):
        yield None if item is None else item.data


def _objects(reader: Reader, wanted: dict[str, bytes]) -> Iterator[tuple[bytes, bytes]]:
    for (name, path), item in zip(wanted.items(), reader.items(wanted), strict=True):
        if item is None:
            message = f"the history lacks {path.decode(errors='replace') or 'the files of a version'} ({name[:8]})"
            raise CorruptHistory(message, hint="Run mlversion verify.")
        yield path, item.data
