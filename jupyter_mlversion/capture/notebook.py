"""The bytes of a notebook: of a live document as Jupyter would save it, and of a file as it was saved."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import FileFailure, InvalidNotebook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ATTEMPTS = 3
_HINT = "Open it in JupyterLab and save it again, or restore an earlier version."


def document_bytes(document: dict[str, Any]) -> bytes:
    """The file that Jupyter's file manager would write for a document, never with `metadata.trusted`.

    The version of the format is kept. Cells that lack an id, or repeat one, get an id made from their place and
    source, so that the same document is always the same bytes.

    Raises
    ------
    InvalidNotebook : nbformat does not accept the document; the message says what and where.
    """
    import nbformat

    if problem := _problem(document):
        message = f"the document is not a notebook: {problem}"
        raise InvalidNotebook(message)
    major, minor = document["nbformat"], document.get("nbformat_minor", 0)
    if major not in nbformat.versions or not isinstance(minor, int):
        message = f"the document is not a notebook: nbformat {major!r} is not known"
        raise InvalidNotebook(message)
    try:
        node = nbformat.versions[major].to_notebook_json(document, minor=minor)
        _distrust(node)
        if (major, minor) >= (4, 5):
            _complete_ids(node["cells"])
        nbformat.validate(node)
        text = nbformat.versions[major].writes_json(node)
    except nbformat.ValidationError as error:
        message = f"the document is not a valid notebook: {_where(error)}{error.message}"
        raise InvalidNotebook(message) from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        message = f"the document is not a valid notebook: {type(error).__name__}: {error}"
        raise InvalidNotebook(message) from error
    return _encoded(text)


def saved_bytes(path: Path) -> bytes:
    """The notebook at `path` as last saved: the very bytes on disk, but never with `metadata.trusted`.

    Raises
    ------
    InvalidNotebook : the bytes are no notebook; the message says what and where.
    FileNotFoundError : there is no such file.
    FileFailure : it cannot be read, or never held still.
    """
    data = _read(path)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"{path} is not valid JSON: {error}"
        raise InvalidNotebook(message, hint=_HINT) from error
    problem = _problem(document)
    if problem:
        message = f"{path} is not a notebook: {problem}"
        raise InvalidNotebook(message, hint=_HINT)
    if not _distrust(document):
        return data
    return _encoded(json.dumps(document, ensure_ascii=False, indent=1))


def _encoded(text: str) -> bytes:
    text = text if text.endswith("\n") else text + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates, which only an escape can hold
        escaped = json.dumps(json.loads(text), ensure_ascii=True, indent=1, sort_keys=True, separators=(",", ": "))
        return escaped.encode("ascii") + b"\n"


def _cells(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from document.get("cells", ())
    for sheet in document.get("worksheets", ()):  # nbformat 3
        yield from sheet.get("cells", ())


def _distrust(document: dict[str, Any]) -> bool:
    """Remove every claim of trust; whether there was one."""
    found = False
    for holder in (document, *_cells(document)):
        metadata = holder.get("metadata")
        if isinstance(metadata, dict) and "trusted" in metadata:
            del metadata["trusted"]
            found = True
    return found


def _complete_ids(cells: list[dict[str, Any]]) -> None:
    """What nbformat does at random and with a warning: an id for each cell, no id twice."""
    seen: set[Any] = set()
    taken = {cell.get("id") for cell in cells}
    for place, cell in enumerate(cells):
        if "id" not in cell or cell["id"] in seen:
            cell["id"] = _new_id(f"{place}:{cell.get('source', '')}", taken)
            taken.add(cell["id"])
        seen.add(cell["id"])


def _new_id(basis: str, taken: set[Any]) -> str:
    import hashlib  # few notebooks lack ids

    while (made := hashlib.sha256(basis.encode("utf-8", "surrogatepass")).hexdigest()[:8]) in taken:
        basis += "'"
    return made


def _where(error: Any) -> str:
    """The place of a validation error: ``cells[3].outputs[0]: ``; empty for the whole document."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.relative_path)
    return f"{path.lstrip('.')}: " if path else ""


def _problem(document: object) -> str:
    """What keeps parsed JSON from being a notebook; empty when nothing does. As lenient as Jupyter at opening."""
    if not isinstance(document, dict):
        return "it is not a JSON object"
    if not isinstance(document.get("nbformat"), int):
        return "nbformat is missing or not a number"
    if not isinstance(document.get("metadata", {}), dict):
        return "metadata is not an object"
    if document["nbformat"] < 4:  # noqa: PLR2004 - the version that did away with worksheets
        sheets = document.get("worksheets", [])
        fits = isinstance(sheets, list) and all(
            isinstance(sheet, dict) and isinstance(sheet.get("cells", []), list)
            and all(isinstance(cell, dict) for cell in sheet.get("cells", [])) for sheet in sheets)
        return "" if fits else "worksheets is not a list of sheets"
    if not isinstance(document.get("cells"), list):
        return "cells is missing or not a list"
    return next((f"cells[{place}]: {problem}" for place, cell in enumerate(document["cells"])
                 if (problem := _cell_problem(cell))), "")


def _cell_problem(cell: object) -> str:
    if not isinstance(cell, dict):
        return "not an object"
    if not isinstance(cell.get("cell_type"), str):
        return "cell_type is missing or not a text"
    source = cell.get("source")
    if not (isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))):
        return "source is missing or not a text"
    if not isinstance(cell.get("metadata", {}), dict):
        return "metadata is not an object"
    if cell["cell_type"] == "code" and not isinstance(cell.get("outputs"), list):
        return "outputs is missing or not a list"
    return ""


def _read(path: Path) -> bytes:
    """The bytes of a regular file that held still while it was read."""
    try:
        for _ in range(_ATTEMPTS):
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode):
                    message = f"{path} is not a regular file"
                    raise FileFailure(message)
                data = file.read()
                after = os.fstat(file.fileno())
            held_still = (before.st_mtime_ns, before.st_ctime_ns) == (after.st_mtime_ns, after.st_ctime_ns)
            if held_still and len(data) == after.st_size:
                return data
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise FileFailure(message) from error
    message = f"{path} changed each time it was read"
    raise FileFailure(message, hint="Wait until nothing writes it any more, then ask again.")
