"""Versions by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.errors import UnknownVersion
from jupyter_mlversion.history import commit, names
from jupyter_mlversion.history.reader import reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jupyter_mlversion.history.git import Git
    from jupyter_mlversion.history.reader import Reader


def abbreviated(reader: Reader, ids: list[str]) -> Iterator[tuple[str, bytes]]:
    """The shortest unique beginning (8 or more) of each id, and the commit; Git itself says what is unique.

    Raises
    ------
    UnknownVersion : there is no commit with such an id.
    """
    for id_, item in zip(ids, reader.items([id_[:8] for id_ in ids]), strict=True):
        if item is not None and item.id == id_ and item.kind == "commit":
            yield id_[:8], item.data
            continue
        longer = [id_[:length] for length in range(9, 41)]
        found = [(short, item) for short, item in zip(longer, reader.items(longer), strict=True)
                 if item is not None and item.id == id_ and item.kind == "commit"]
        if not found:
            raise unknown(id_)
        yield found[0][0], found[0][1].data


def rows(reader: Reader, ids: list[str]) -> list[tuple[str, str, bytes, bytes]]:
    """Id, abbreviated id, commit and ``version.json`` of versions; errors as `abbreviated`, and CorruptHistory."""
    commits = list(abbreviated(reader, ids))
    data = list(reader.items([f"{id_}:{commit.VERSION_FILE.decode()}" for id_ in ids]))
    for id_, item in zip(ids, data, strict=True):
        if item is None:
            raise commit.corrupt(id_, "it has no version.json")
    return [(id_, short, raw, item.data) for id_, (short, raw), item in zip(ids, commits, data, strict=True) if item]


def tree(git: Git, id_: str, wanted: Collection[bytes] | None = None) -> dict[bytes, bytes]:
    """The files of a version, path and bytes, or those of them that are `wanted`; errors as `abbreviated`."""
    names.check_id(id_)
    with reading(git) as reader:
        if next(reader.items([id_])) is None:
            raise unknown(id_)
        return reader.tree(id_, wanted)


def tags_by_id(known: dict[str, str]) -> dict[str, list[str]]:
    """The tags among all refs, by the full id of their version."""
    found: dict[str, list[str]] = {}
    for ref, id_ in known.items():
        if ref.startswith(names.TAGS):
            found.setdefault(id_, []).append(ref.removeprefix(names.TAGS))
    return found


def unknown(id_: str) -> UnknownVersion:
    """The error for a full id that is no version's."""
    return UnknownVersion(f"there is no version {id_}", hint="mlversion log lists the versions.")
