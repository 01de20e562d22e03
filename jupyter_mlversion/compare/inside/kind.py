"""What can be looked into, told from the first bytes and the name of a file."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_mlversion.compare.inside import picture

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_HEAD = 1 << 14
_DELIMITED = (".csv", ".tsv", ".tab")
_PICKLES = (".pkl", ".pickle", ".joblib", ".p", ".dill", ".cloudpickle")
_TENSORS = (".safetensors", ".sft", ".pt", ".pth", ".ckpt", ".npz", ".npy", ".onnx")
_CONTAINERS = (b"PK\x03\x04", b"\x93NUMPY", b"\x89HDF\r\n\x1a\n")
_SURROGATES = 0.02
"""Share of bytes that texts may have which are no text."""


class Kind(StrEnum):
    """How a file is shown."""

    TABLE = "table"
    TEXT = "text"
    IMAGE = "image"
    TENSORS = "tensors"
    NOTEBOOK = "notebook"
    PICKLE = "pickle"
    UNKNOWN = "unknown"


def kind_of(source: Source, path: str) -> Kind:
    """How the file `path` is shown, as far as its beginning tells."""
    head = bytes(source.read(0, _HEAD))
    name = path.lower()
    if picture.format_of(head, path):
        return Kind.IMAGE
    if head.startswith(b"PAR1"):
        return Kind.TABLE
    if head.startswith(_CONTAINERS) or (name.endswith(_TENSORS) and not _is_pickle(head)):
        return Kind.TENSORS
    if _is_pickle(head) or name.endswith(_PICKLES):
        return Kind.PICKLE
    if not is_text(head):
        return Kind.UNKNOWN
    if name.endswith(".ipynb") and head.lstrip().startswith(b"{"):
        return Kind.NOTEBOOK
    return Kind.TABLE if name.endswith(_DELIMITED) and not head.startswith((b"\xff\xfe", b"\xfe\xff")) else Kind.TEXT


def is_text(head: bytes) -> bool:
    """Whether bytes read as a text: no nulls but those of UTF-16, and hardly any control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return False
    odd = sum(head.count(code) for code in (*range(1, 7), *range(14, 27), *range(28, 32)))
    return odd <= len(head) * _SURROGATES


def _is_pickle(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5  # noqa: PLR2004 - PROTO and its number
