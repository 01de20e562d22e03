"""Which kind of container a content is, by its first bytes, or by a file beside it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan import hdf5, npy, onnx, parquet, safetensors, tensorflow, torch, zipped
from jupyter_mlversion.store.plan.region import Headers, Region, in_order

if TYPE_CHECKING:
    from jupyter_mlversion.store.plan.beside import Beside
    from jupyter_mlversion.store.source import Source

_LOOK = 16
KINDS = (
    (safetensors.is_safetensors, safetensors.regions),
    (zipped.is_zip, zipped.regions),
    (hdf5.is_hdf5, hdf5.regions),
    (npy.is_npy, npy.regions),
    (parquet.is_parquet, parquet.regions),
    (onnx.is_onnx, onnx.regions),
    (torch.is_torch, torch.regions),
)
"""Whether a file that begins so may be of the kind, and where its regions are."""

GUIDES = {".onnx": onnx.regions_beside, ".index": tensorflow.regions_beside}
"""By how its name ends, where a file says that the regions of another one are."""


def regions_of(source: Source) -> list[Region]:
    """The regions of `source` in order; none when it is of no known kind, or not what it claims to be."""
    try:
        headers = Headers(source)
        head = headers.read(0, min(_LOOK, source.size))
        for is_kind, regions in KINDS:
            if is_kind(head):
                return in_order(regions(headers), source.size)
    except Exception:  # noqa: BLE001 (whatever a hostile or torn container does to its reader: it is cut like any other)
        return []
    return [] if source.beside is None else _told_beside(source.beside, source.size)


def _told_beside(beside: Beside, size: int) -> list[Region]:
    """The regions of a content of `size` bytes by the first file beside it that tells some; they are not believed."""
    for name in beside.guides:
        try:
            with beside.open(name) as guide:
                tell = GUIDES[PurePath(name).suffix]
                found = in_order(set(tell(Headers(guide), beside.name, size)), size)
        except Exception:  # noqa: BLE001, S112 (gone, hostile or of another time: it was only of help)
            continue
        if found:
            return found
    return []
