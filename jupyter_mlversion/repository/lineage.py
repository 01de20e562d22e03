"""What each content of the kept versions was made from: what the same path held before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.domain.digest import Digest, hash_of_digest
from jupyter_mlversion.repository.liveness import kept_versions
from jupyter_mlversion.store.plan.beside import guides_of, is_guide
from jupyter_mlversion.store.repack import Named, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.history import History

_FILES = b"/files.json"


class _Row(msgspec.Struct):
    """An artifact in its folder, as far as it matters here."""

    name: str
    digest: str | None


def lineage(history: History) -> Iterator[Step]:
    """Contents in the order of history, each with the one that its path had in the version before.

    Versions of all lines and branches are taken as one row, children after their parents.
    """
    last: dict[tuple[bytes, str], bytes] = {}
    versions = reversed(kept_versions(history))
    for path, data in history.files(versions, set()) if history.exists() else ():
        rows = _rows(data) if path.endswith(_FILES) else []
        guides = {row.name: hash_of_digest(Digest(row.digest)) for row in rows if row.digest and is_guide(row.name)}
        for row in rows:
            if row.digest is not None:
                content = hash_of_digest(Digest(row.digest))
                before = last.get((path, row.name))
                if before != content:
                    last[path, row.name] = content
                    told = tuple((name, guides[name]) for name in guides_of(row.name, guides)) if guides else ()
                    yield Step(content, before, Named(row.name, told) if told else None)


def _rows(data: bytes) -> list[_Row]:
    try:
        return msgspec.json.decode(data, type=list[_Row])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []  # names that are no Unicode; of their contents nothing is known
