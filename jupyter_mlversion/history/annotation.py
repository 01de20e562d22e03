"""What may be said of a version after it was made: notes under one ref, only ever added to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.domain.annotation import NOTHING, Annotation
from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.names import NOTES
from jupyter_mlversion.history.reader import entries_of
from jupyter_mlversion.history.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_mlversion.history.reader import Item, Reader

_KNOWN = {"labels", "time", "starred", "hidden", "message", "note"}
_STEP = 1e-3  # seconds by which a line is later than the one before it, whatever the clock says


@dataclass(frozen=True, slots=True)
class _Note:
    """What a note says, since when (seconds since the epoch), and its bytes."""

    said: Annotation = field(default_factory=Annotation)
    time: float = 0.0
    data: bytes = b""
    more: dict[str, Any] = field(default_factory=dict)  # what later programs say as well


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of versions at once.

    Parameters
    ----------
    before, tip : the commit of all notes, as it was and as it is.
    annotations : of those versions whose annotations changed, by full id.
    """

    before: str | None
    tip: str
    annotations: dict[str, Annotation]


def draft(reader: Reader, ids: Sequence[str], change: Callable[[Annotation], Annotation], tip: str | None,
          author: tuple[str, str]) -> tuple[Writer, dict[str, Annotation]] | None:
    """The commit that adds to the notes of versions `ids` a line of JSON each, and what they say then.

    None when nothing would change.
    """
    now, paths = time.time(), [_path(id_) for id_ in ids]
    items = reader.items([f"{tip}:{path}" for path in paths]) if tip else [None] * len(paths)
    notes = [_Note() if item is None else _note(id_, item.data) for id_, item in zip(ids, items, strict=True)]
    said: dict[str, Annotation] = {}
    files: list[tuple[bytes, bytes]] = []
    for id_, path, note in zip(ids, paths, notes, strict=True):
        if (after := change(note.said)) != note.said:
            data = note.data + _line(after, max(now, note.time + _STEP), note.more)
            said[id_] = _note(id_, data).said  # as whoever reads it will find it
            files.append((path.encode(), data))
    if not files:
        return None
    writer = Writer()
    writer.commit(author=author, seconds=int(now), message=b"annotations\n", parents=[tip] if tip else [],
                  files=files, keep=True)
    return writer, said


def annotations_of(reader: Reader, ids: list[str]) -> dict[str, Annotation]:
    """What is said of those of the versions `ids` that have a note."""
    items = reader.items([f"{NOTES}:{_path(id_)}" for id_ in ids])
    return {id_: _note(id_, item.data).said for id_, item in zip(ids, items, strict=True) if item is not None}


def all_annotations(reader: Reader, tip: str) -> dict[str, Annotation]:
    """What is said of every version that has a note; `tip` is the commit of the notes."""
    notes = {path.replace(b"/", b"").decode(): data for path, data in reader.tree(tip).items()}
    return {id_: _note(id_, data).said for id_, data in notes.items()}


def annotations_since(reader: Reader, before: str, tip: str) -> dict[str, Annotation]:
    """What is said of those versions whose notes are not as in the commit `before`; nothing where the note is gone.

    Only folders that differ are looked into.
    """
    old, new = (_entries(reader, {b"": f"{commit}^{{tree}}"}) for commit in (before, tip))
    moved = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    was, now = (_entries(reader, {name + b"/": top[name] for name in moved if name in top}) for top in (old, new))
    blobs = {path.replace(b"/", b"").decode(): now.get(path)
             for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
    there = {id_: blob for id_, blob in blobs.items() if blob is not None}
    found = {id_: _note(id_, _held(item, id_).data).said
             for id_, item in zip(there, reader.items(list(there.values())), strict=True)}
    return {id_: found.get(id_, NOTHING) for id_ in blobs}


def _entries(reader: Reader, folders: dict[bytes, str]) -> dict[bytes, str]:
    """What is directly in some folders: path and object."""
    items = zip(folders, reader.items(list(folders.values())), strict=True)
    return {prefix + name: id_ for prefix, item in items
            for _, name, id_ in entries_of(_held(item, prefix.decode() or "notes").data)}


def _held(item: Item | None, what: str) -> Item:
    if item is None:
        message = f"the annotations of {what[:8]} are missing"
        raise CorruptHistory(message, hint="Run mlversion verify.")
    return item


def _path(id_: str) -> str:
    return f"{id_[:2]}/{id_[2:]}"


def _line(said: Annotation, moment: float, more: dict[str, Any]) -> bytes:
    flags = {name: True for name in ("starred", "hidden") if getattr(said, name)}
    texts = {} if said.message is None else {"message": said.message}
    texts |= {"note": said.note} if said.note else {}
    return json.dump({**more, "labels": list(said.labels), "time": moment, **flags, **texts})


def _note(id_: str, data: bytes) -> _Note:
    """The note whose bytes are `data`: its latest line counts (several histories' lines may be joined in any order)."""
    try:
        lines: list[dict[str, Any]] = [json.load(line) for line in data.splitlines()]
        latest = max(lines, key=lambda line: float(line["time"]))
        labels = tuple(str(label) for label in latest["labels"])
        message = None if latest.get("message") is None else str(latest["message"])
        said = Annotation(labels, bool(latest.get("starred")), bool(latest.get("hidden")), message,
                          str(latest.get("note", "")))
        return _Note(said, float(latest["time"]), data, {key: latest[key] for key in latest.keys() - _KNOWN})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"the note on version {id_[:8]} cannot be read: {error}"
        raise CorruptHistory(message, hint="Run mlversion verify.") from error
