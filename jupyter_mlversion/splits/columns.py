"""Columns of any library as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def array_of(values: Any) -> Any:
    """A column as an array of one dimension: numbers and moments as such, without a copy where it can be; else objects.

    Missing whole numbers make the column one of floats with NaN; missing text is None or NaN.

    Raises
    ------
    TypeError : it is nothing that can be listed.
    """
    library = type(values).__module__.partition(".")[0]
    if library == "pandas":
        return _of_pandas(values)
    if library == "pyarrow":
        return _of_arrow(values)
    if library == "polars":
        values = values.to_numpy()
    elif library == "torch":
        values = values.detach().cpu().numpy()
    array = values if isinstance(values, np.ndarray) else _of_list(values)
    return array.astype(object) if array.dtype.kind == "V" else array


def _of_pandas(values: Any) -> Any:
    dtype = values.dtype
    if hasattr(dtype, "categories"):
        codes = np.asarray(getattr(values, "cat", values).codes)
        kinds = array_of(dtype.categories)
        if (codes < 0).any():
            kinds = np.array([*kinds.tolist(), None], dtype=object)  # the code -1 is the last one
        return kinds[codes]
    if getattr(dtype, "tz", None) is not None:
        values = (values.dt if hasattr(values, "dt") else values).tz_convert("UTC")
        values = (values.dt if hasattr(values, "dt") else values).tz_localize(None)
    elif not isinstance(dtype, np.dtype) and getattr(dtype, "kind", "O") in "iufb":  # may hold missing values
        missing = bool(values.isna().any())
        return values.to_numpy(dtype=np.float64, na_value=np.nan) if missing else values.to_numpy(
            dtype=getattr(dtype, "numpy_dtype", None))
    array = values.to_numpy()
    return array if array.dtype.kind in "fiubmM" else array.astype(object)


def _of_arrow(values: Any) -> Any:
    import pyarrow as pa

    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        values = values.cast(pa.timestamp(values.type.unit))
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    array = chunked.to_numpy()
    return np.array(chunked.to_pylist(), dtype=object) if array.dtype.kind == "O" else array


def _of_list(values: Any) -> Any:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if listed and all(type(value) in (int, float) for value in listed):
        array = np.array(listed)
        if array.dtype.kind in "if":
            return array
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array
