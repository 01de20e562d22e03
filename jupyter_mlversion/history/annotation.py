"""What may be said of a version after it was made: notes under one ref, only ever added to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json
from jupyter_mlversion.errors import CorruptHistory
from jupyter_mlversion.history.names import NOTES
from jupyter_mlversion.history.writer import Writer

if TYPE_CHECKING:
    from jupyter_mlversion.history.reader import Reader


def draft(reader: Reader, id_: str, labels: tuple[str, ...], tip: str | None, author: tuple[str, str]) -> Writer:
    """The commit that adds to the notes: one more line of JSON in the note of version `id_`."""
    path = _path(id_)
    item = next(reader.items([f"{tip}:{path}"])) if tip else None
    line = json.dump({"labels": list(labels), "time": time.time()})
    writer = Writer()
    writer.commit(author=author, seconds=int(time.time()), message=b"labels\n", parents=[tip] if tip else [],
                  files=[(path.encode(), (item.data if item else b"") + line)], keep=True)
    return writer


def labels_of(reader: Reader, ids: list[str]) -> dict[str, tuple[str, ...]]:
    """The labels of those of the versions `ids` that have some."""
    items = reader.items([f"{NOTES}:{_path(id_)}" for id_ in ids])
    return {id_: _labels(id_, item.data) for id_, item in zip(ids, items, strict=True) if item is not None}


def all_labels(reader: Reader, tip: str) -> dict[str, tuple[str, ...]]:
    """The labels of every version that has some; `tip` is the commit of the notes."""
    notes = {path.replace(b"/", b"").decode(): data for path, data in reader.tree(tip).items()}
    return {id_: _labels(id_, data) for id_, data in notes.items()}


def _path(id_: str) -> str:
    return f"{id_[:2]}/{id_[2:]}"


def _labels(id_: str, note: bytes) -> tuple[str, ...]:
    """The labels of the note's latest line (several histories' lines may have been joined in any order)."""
    try:
        lines = [json.load(line) for line in note.splitlines()]
        return tuple(str(label) for label in max(lines, key=lambda line: float(line["time"]))["labels"])
    except (ValueError, KeyError, TypeError) as error:
        message = f"the note on version {id_[:8]} cannot be read: {error}"
        raise CorruptHistory(message, hint="Run mlversion verify.") from error
