"""Which files a version changed against its first parent, read from the folders that differ alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.folder import FILES, OUTSIDE_FILE, ROOT, parts_of
from jupyter_mlversion.history.reader import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mlversion.history.reader import Reader

_Entry = tuple[bytes, str]  # mode and id
_TREE = b"40000"
_ABSENT = "nothing was there"


def changes_of(reader: Reader, version: str, parent: str | None) -> Iterator[tuple[str, str]]:
    """Workspace path and ``added``, ``modified`` or ``removed``, of all files that differ.

    Raises
    ------
    CorruptHistory : an object is missing or unreadable.
    """
    tops = [_tree(reader, f"{one}^{{tree}}") if one else {} for one in (parent, version)]
    pending: list[tuple[bytes, _Entry | None, _Entry | None]] = [
        (name, tops[0].get(name), tops[1].get(name)) for name in (ROOT, OUTSIDE_FILE)]
    while pending:
        path, before, after = pending.pop()
        if before == after:
            continue
        if _TREE in ((before or after or (b"", ""))[0], (after or before or (b"", ""))[0]):
            old, new = (_tree(reader, entry[1]) if entry else {} for entry in (before, after))
            pending += [(path + b"/" + name, old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys())]
        elif path == OUTSIDE_FILE or path.endswith(b"/" + FILES):
            folder = "" if path == OUTSIDE_FILE else "".join(f"{part}/" for part in parts_of(path))
            for name, change in compared(_rows(reader, path, before), _rows(reader, path, after)):
                yield folder + name, change


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and ``added``, ``modified`` or ``removed`` of all that differs, sorted by name."""
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield name, "added"
        elif name not in new:
            yield name, "removed"
        elif old[name] != new[name]:
            yield name, "modified"


def _rows(reader: Reader, path: bytes, entry: _Entry | None) -> dict[str, Any]:
    """The files of one folder by name: what counts of each. That nothing was at a path is no file."""
    if entry is None:
        return {}
    item = next(reader.items([entry[1]]))
    try:
        if item is None:
            message = "it is missing"
            raise ValueError(message)  # noqa: TRY301  told below
        rows = json.load(item.data)
        return {row["path" if path == OUTSIDE_FILE else "name"]: (row["digest"], row["mode"])
                for row in rows if row.get("reason") != _ABSENT}
    except (ValueError, KeyError, TypeError) as error:
        message = f"the list of files {path!r} cannot be read: {error}"
        raise CorruptHistory(message, hint="Run mlversion verify.") from error


def _tree(reader: Reader, name: str) -> dict[bytes, _Entry]:
    item = next(reader.items([name]))
    if item is None or item.kind != "tree":
        message = f"the folder {name} is missing"
        raise CorruptHistory(message, hint="Run mlversion verify.")
    return {name: (mode, id_) for mode, name, id_ in entries_of(item.data)}
