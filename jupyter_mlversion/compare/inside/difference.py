"""How two states of one file differ, in the terms of what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside import picture
from jupyter_mlversion.compare.inside.kind import Kind, kind_of
from jupyter_mlversion.compare.inside.preview import table_of
from jupyter_mlversion.compare.inside.table_difference import table_difference
from jupyter_mlversion.compare.inside.tensors import tensors_of
from jupyter_mlversion.compare.inside.tensors.tensors_difference import tensors_difference
from jupyter_mlversion.compare.inside.text import text_difference
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import Cancelled, CorruptChunk, FileFailure, InvalidInput, MissingPackage, UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source


def difference(
    before: Source, after: Source, path: str, *, key: str | None = None, limit: int = 100, progress: Progress = silent
) -> dict[str, Any]:
    """How `after` differs from `before`, two states of the file `path`: ``kind``, and what belongs to it.

    What cannot be looked into on either side, or is something else on each, is ``unknown``, with a ``problem``.

    Parameters
    ----------
    key : the column by which the rows of tables are told; None: found.
    limit : rows of each kind, of tables.

    Raises
    ------
    UsageError : there is no such column, or it does not tell the rows apart.
    CorruptChunk, FileFailure : the bytes cannot be had.
    Cancelled : `progress` said so.
    """
    kinds = {kind_of(before, path), kind_of(after, path)}
    if kinds == {Kind.NOTEBOOK}:
        kinds = {Kind.TEXT}
    if len(kinds) > 1:
        return _unknown(f"it was {kind_of(before, path).value} and is {kind_of(after, path).value}")
    [kind] = kinds
    try:
        if kind == Kind.TABLE:
            found = table_difference(table_of(before, path), table_of(after, path), key=key, limit=limit,
                                     progress=progress)
        elif kind == Kind.TEXT:
            found = text_difference(before, after)
        elif kind == Kind.IMAGE:
            found = _pictures(before, after, path)
        elif kind == Kind.TENSORS:
            found = _tensors(before, after, path, progress)
        else:
            return _unknown("")
    except (CorruptChunk, FileFailure, UsageError, Cancelled):
        raise
    except (MissingPackage, InvalidInput) as error:
        return {**_unknown(error.message), "hint": error.hint}
    except Exception as error:  # noqa: BLE001 - parsers of foreign bytes may fail in any way
        return _unknown(f"it cannot be read as {kind.value}: {type(error).__name__}: {str(error)[:300]}")
    return {"kind": kind.value, **found}


def _pictures(before: Source, after: Source, path: str) -> dict[str, Any]:
    sides = [picture.picture_preview(side, picture.format_of(bytes(side.read(0, 1 << 14)), path) or "")
             for side in (before, after)]
    drawn = "svg" in {side["format"] for side in sides}
    pixels = {"pixels": None, "why": ""} if drawn else picture.picture_difference(before, after)
    return {"before": sides[0], "after": sides[1], **pixels}


def _tensors(before: Source, after: Source, path: str, progress: Progress) -> dict[str, Any]:
    one, two = tensors_of(before, path), tensors_of(after, path)
    if one is None or two is None:
        message = "it holds no tensors"
        raise InvalidInput(message)
    return tensors_difference(one, two, progress)


def _unknown(problem: str) -> dict[str, Any]:
    return {"kind": Kind.UNKNOWN.value, "problem": problem, "hint": ""}
