"""Notebooks as front ends send and take them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.errors import InvalidNotebook

if TYPE_CHECKING:
    import msgspec


def bytes_of(document: msgspec.Raw) -> bytes | None:
    """The file that Jupyter would write for a notebook sent as JSON; None when none was sent. For worker threads.

    Raises
    ------
    InvalidNotebook : it is none.
    """
    text = bytes(document)
    if text in {b"", b"null"}:
        return None
    content = json.loads(text)
    if not isinstance(content, dict):
        message = "The document is not a notebook."
        raise InvalidNotebook(message)
    return document_bytes(content)


def content_of(data: bytes) -> dict[str, Any]:
    """The notebook in a file as the contents API gives it to front ends: lines joined, of the present format."""
    content: dict[str, Any] = nbformat.reads(data.decode(), as_version=4)  # type: ignore[no-untyped-call]
    return content
