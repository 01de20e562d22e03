"""The cells of a notebook's bytes, as far as comparing needs them; lenient, because what is compared may be broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, freed of what does not count.

    Parameters
    ----------
    id : as nbformat 4.5 has it; empty before.
    kind : ``code``, ``markdown``, ``raw``.
    source : one text.
    outputs : without execution counts; neighbouring pieces of one stream joined, because their borders are chance;
        without streams that show nothing.
    attachments : by name.
    tags : sorted.
    """

    id: str
    kind: str
    source: str
    outputs: tuple[Any, ...]
    attachments: Any
    tags: tuple[str, ...]


def cells_of(data: bytes | None) -> list[Cell] | None:
    """The cells of a notebook; None when `data` is None or is no notebook."""
    if data is None:
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return [_cell(raw) for raw in _raw_cells(document) if isinstance(raw, dict)]


def _raw_cells(document: dict[str, Any]) -> list[Any]:
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")  # nbformat 3 and older
    if not isinstance(sheets, list):
        return []
    return [raw for sheet in sheets if isinstance(sheet, dict) for raw in _list(sheet.get("cells"))]


def _cell(raw: dict[str, Any]) -> Cell:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(id=raw["id"] if isinstance(raw.get("id"), str) else "",
                kind=str(raw.get("cell_type", "")),
                source=_source(raw.get("source", raw.get("input", ""))),
                outputs=tuple(_outputs(_list(raw.get("outputs")))),
                attachments=_bundles(raw.get("attachments") or {}),
                tags=tuple(sorted(str(tag) for tag in _list(tags))))


def _source(value: Any) -> str:
    text = _text(value)
    return text if isinstance(text, str) else json.dumps(text)


def _outputs(raw: list[Any]) -> list[Any]:
    outputs: list[Any] = []
    for output in raw:
        if not isinstance(output, dict):
            outputs.append(output)
            continue
        kept = {key: value for key, value in output.items() if key not in {"execution_count", "prompt_number"}}
        if "text" in kept:
            kept["text"] = _text(kept["text"])
        if isinstance(kept.get("data"), dict):
            kept["data"] = _data(kept["data"])
        if outputs and _same_stream(outputs[-1], kept):
            outputs[-1]["text"] += kept["text"]
        else:
            outputs.append(kept)
    return [output for output in outputs if not _shows_nothing(output)]


def _shows_nothing(output: Any) -> bool:
    """Whether it is a stream that took back what it wrote, as progress does: how often it wrote is chance."""
    if not isinstance(output, dict) or output.get("output_type") != "stream" or not isinstance(output.get("text"), str):
        return False
    for line in output["text"].split("\n"):
        shown = ""
        for piece in line.split("\r"):
            shown = piece + shown[len(piece) :]
        if shown.strip():
            return False
    return True


def _same_stream(before: Any, after: dict[str, Any]) -> bool:
    return (isinstance(before, dict) and before.get("output_type") == after.get("output_type") == "stream"
            and before.get("name") == after.get("name")
            and isinstance(before.get("text"), str) and isinstance(after.get("text"), str))


def _data(data: dict[str, Any]) -> dict[str, Any]:
    joined = {kind: _text(value) for kind, value in data.items()}
    view = joined.get("application/vnd.jupyter.widget-view+json")
    if isinstance(view, dict):  # the model's id is as random as a cell's
        joined["application/vnd.jupyter.widget-view+json"] = {k: v for k, v in view.items() if k != "model_id"}
    return joined


def _bundles(attachments: Any) -> Any:
    if not isinstance(attachments, dict):
        return attachments
    return {name: _data(bundle) if isinstance(bundle, dict) else bundle for name, bundle in attachments.items()}


def _text(value: Any) -> Any:
    """`value`, joined when it is a list of lines as files have it."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
