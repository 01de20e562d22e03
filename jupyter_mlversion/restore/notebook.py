"""The inverse of capture's notebook: bytes for a closed notebook, a document for an open one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidNotebook, UnknownPath

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.store import Store


def restored_bytes(store: Store, artifact: Artifact) -> bytes:
    """The bytes of a captured notebook, exactly as they were.

    Raises
    ------
    UnknownPath : the version does not hold them.
    CorruptChunk : they are damaged.
    """
    if artifact.digest is None or not artifact.is_held or artifact.digest not in store:
        message = f"the bytes of {artifact.path} are not in this version"
        raise UnknownPath(message, hint=artifact.reason)
    return store.read(artifact.digest)


def content_for_front_end(data: bytes) -> dict[str, Any]:
    """The notebook as nbformat JSON of version 4, without any mark of trust; nothing is ever signed here.

    Whether outputs may run scripts is for the user's own notary to say, which knows the notebooks that this user ran.

    Raises
    ------
    InvalidNotebook : the bytes are not a notebook.
    """
    import nbformat

    try:
        # What is off but readable goes through: it was captured so, and front ends open such notebooks.
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        content: dict[str, Any] = json.loads(json.dumps(notebook))
        _drop_trust(content)
    except Exception as error:  # garbage makes nbformat raise anything
        said = (str(error) or type(error).__name__).splitlines()[0]
        hint = "Restore it while it is closed: it then comes back byte for byte."
        message = f"the stored notebook is not valid: {said}"
        raise InvalidNotebook(message, hint=hint) from error
    return content


def _drop_trust(content: dict[str, Any]) -> None:
    content["metadata"].pop("signature", None)
    cells = content["cells"]
    for holder in [content, *cells, *(output for cell in cells for output in cell.get("outputs", []))]:
        holder.get("metadata", {}).pop("trusted", None)
