"""Notebooks as front ends send and take them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
