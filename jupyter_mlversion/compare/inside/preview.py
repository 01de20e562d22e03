"""What an artifact holds, as far as a person wants to see it at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside import picture
from jupyter_mlversion.compare.inside.delimited import Delimited
from jupyter_mlversion.compare.inside.kind import Kind, kind_of
from jupyter_mlversion.compare.inside.parquet import Parquet
from jupyter_mlversion.compare.inside.tensors import tensors_of
from jupyter_mlversion.compare.inside.tensors.tensors_difference import described
from jupyter_mlversion.compare.inside.text import text_preview
from jupyter_mlversion.errors import CorruptChunk, FileFailure, MissingPackage, MlversionError

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source
    from jupyter_mlversion.compare.inside.table import Table

_HEX = 512
"""Bytes of an unknown file that are shown."""

_MOST_TENSORS = 10_000
_LARGEST_NOTEBOOK = 64 << 20
NOT_OPENED = "Not opened: a pickle can run any code when it is loaded."


def preview(
    source: Source, path: str, *, first: int = 0, limit: int = 100, last: bool = False, form: str | None = None
) -> dict[str, Any]:
    """What the file `path` holds: an answer with its ``kind`` and what belongs to it.

    Whatever a broken or hostile file holds, there is an answer: then it is that of an unknown one, with a ``problem``.

    Parameters
    ----------
    first : the first row of a table, or byte of a text, that is wanted.
    limit : rows of a table.
    last : whether the end of a table or text is wanted, whatever `first` is.
    form : a kind to be shown as, ``text`` or ``unknown``; None: as what it is.

    Raises
    ------
    CorruptChunk, FileFailure : the bytes cannot be had.
    """
    kind = kind_of(source, path) if form is None else Kind(form)
    try:
        return {"kind": kind.value, **_PREVIEWS[kind](source, path, first, limit, last)}
    except (CorruptChunk, FileFailure):
        raise
    except MissingPackage as error:
        return {**_unknown(source, error.message), "hint": error.hint}
    except MlversionError as error:
        return {**_unknown(source, error.message), "hint": error.hint}
    except Exception as error:  # noqa: BLE001 - parsers of foreign bytes may fail in any way
        return _unknown(source, f"it cannot be read as {kind.value}: {type(error).__name__}: {str(error)[:300]}")


def table_of(source: Source, path: str) -> Table:
    """The table in a file that is one.

    Raises
    ------
    MissingPackage, InvalidInput : it needs a package that is missing; it cannot be read.
    """
    return Parquet(source, path) if bytes(source.read(0, 4)) == b"PAR1" else Delimited(source, path)


def _table(source: Source, path: str, first: int, limit: int, last: bool) -> dict[str, Any]:
    table = table_of(source, path)
    count, exact = table.count(exact=last)
    first = max(0, count - limit) if last else first
    rows = table.page(first, limit)
    if not exact:  # the page may have brought the counting to its end
        count, exact = table.count(exact=False)
    return {"format": table.format, "columns": [{"name": one.name, "type": one.type} for one in table.columns],
            "rows": rows, "first": first, "row_count": count, "exact": exact, **table.facts()}


def _text(source: Source, _path: str, first: int, _limit: int, last: bool) -> dict[str, Any]:
    return text_preview(source, first, last=last)


def _image(source: Source, path: str, *_: Any) -> dict[str, Any]:
    return picture.picture_preview(source, picture.format_of(bytes(source.read(0, 1 << 14)), path) or "")


def _tensors(source: Source, path: str, *_: Any) -> dict[str, Any]:
    found = tensors_of(source, path)
    if found is None:
        return _unknown(source, "")
    listed = [{"name": tensor.name, **described(tensor)} for tensor in found.tensors[:_MOST_TENSORS]]
    return {"format": found.format, "tensors": listed, "tensor_count": len(found.tensors),
            "parameters": sum(tensor.count for tensor in found.tensors),
            "nbytes": sum(tensor.nbytes for tensor in found.tensors),
            "metadata": {key[:200]: value[:2000] for key, value in list(found.metadata.items())[:100]},
            "note": found.note}


def _notebook(source: Source, *_: Any) -> dict[str, Any]:
    if source.size > _LARGEST_NOTEBOOK:
        return text_preview(source, 0, last=False) | {"kind": Kind.TEXT.value}
    document = json.loads(bytes(source.read(0, source.size)))
    return {"cells": len(document["cells"]), "format": f"{document['nbformat']}.{document.get('nbformat_minor', 0)}"}


def _pickle(source: Source, *_: Any) -> dict[str, Any]:
    return {**_unknown(source, NOT_OPENED), "kind": Kind.PICKLE.value}


def _unknown(source: Source, problem: str) -> dict[str, Any]:
    return {"kind": Kind.UNKNOWN.value, "head": bytes(source.read(0, _HEX)).hex(), "problem": problem, "hint": ""}


_PREVIEWS: dict[Kind, Callable[..., dict[str, Any]]] = {
    Kind.TABLE: _table, Kind.TEXT: _text, Kind.IMAGE: _image, Kind.TENSORS: _tensors, Kind.NOTEBOOK: _notebook,
    Kind.PICKLE: _pickle, Kind.UNKNOWN: lambda source, *_: _unknown(source, ""),
}
