"""Which kind of container a content is, by its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.store.plan import hdf5, npy, onnx, parquet, safetensors, zipped
from jupyter_mlversion.store.plan.region import Headers, Region, in_order

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

_LOOK = 16
KINDS = (
    (safetensors.is_safetensors, safetensors.regions),
    (zipped.is_zip, zipped.regions),
    (hdf5.is_hdf5, hdf5.regions),
    (npy.is_npy, npy.regions),
    (parquet.is_parquet, parquet.regions),
    (onnx.is_onnx, onnx.regions),
)
"""Whether a file that begins so may be of the kind, and where its regions are."""


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
    return []
