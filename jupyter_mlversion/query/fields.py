"""What every version has to be asked for, and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version


@dataclass(frozen=True, slots=True)
class Field:
    """A field that needs no logging.

    Parameters
    ----------
    kind : ``text``, ``number`` or ``time``.
    meaning : for help and completion.
    of : its values in a version; a comparison holds when one of them fits.
    """

    kind: str
    meaning: str
    of: Callable[[Version], tuple[str | float, ...]]


FIELDS: dict[str, Field] = {
    "author": Field("text", "who made the version", lambda version: (version.author,)),
    "branch": Field("text", "the branch that it was made on", lambda version: (version.branch,)),
    "bytes": Field("number", "what was new to the store, not yet encoded", lambda version: (float(version.bytes_new),)),
    "cell": Field("text", "the id of the cell that asked for it", lambda version: (version.cell_id,)),
    "document": Field("text", "live, as-saved or none", lambda version: (version.document.value,)),
    "files": Field("number", "how many files it holds", lambda version: (float(version.counts.artifacts),)),
    "id": Field("text", "its full id; ~ for a part of it", lambda version: (version.id,)),
    "label": Field("text", "one of its labels", lambda version: version.labels),
    "message": Field("text", "its message", lambda version: (version.message,)),
    "note": Field("text", "what is noted of it", lambda version: (version.note,) if version.note else ()),
    "notebook": Field("text", "the path of its notebook", lambda version: _maybe(version.notebook)),
    "seconds": Field("number", "how long the checkpoint took", lambda version: (version.seconds,)),
    "starred": Field("number", "true or false", lambda version: (float(version.starred),)),
    "tag": Field("text", "one of its tags", lambda version: version.tags),
    "time": Field("time", 'when it was made: 2026-11-25, "2026-11-25 14:30", or an age as 2d, 3h, 1w',
                  lambda version: (version.time.timestamp(),)),
    "trigger": Field("text", "what asked for it: cell, magic, cli, panel …", lambda version: (version.trigger.value,)),
}
"""By name, sorted. A metric or parameter of the same name is asked for as ``metric.NAME`` or ``param.NAME``."""


def _maybe(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)
