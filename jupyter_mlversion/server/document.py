"""Notebooks as front ends send and take them."""

from __future__ import annotations

import json

import msgspec

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.errors import InvalidNotebook


def bytes_of(document: msgspec.Raw) -> bytes | None:
    """The file that Jupyter would write for a notebook sent as JSON; None when none was sent. For worker threads.

    Raises
    ------
    InvalidNotebook : it is none.
    """
    text = bytes(document)
    if text in {b"", b"null"}:
        return None
    try:
        content = msgspec.json.decode(text)  # holds the interpreter for a fraction of the time that json takes
    except msgspec.DecodeError:
        content = json.loads(text)  # halves of characters, as a text cut in the middle of one has
    if not isinstance(content, dict):
        message = "The document is not a notebook."
        raise InvalidNotebook(message)
    return document_bytes(content)
