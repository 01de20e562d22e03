"""Which functions of which modules read or write files in native code, and which of their arguments names the file."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlversion.kernel.observe.sightings import READ, WRITTEN


@dataclass(frozen=True, slots=True)
class Hook:
    """One reader or writer.

    Parameters
    ----------
    attribute : of the module; ``Class.method`` for a method, whose position 0 is ``self``.
    position, keyword : of the argument that holds the path.
    how : `READ`, `WRITTEN`, or both.
    mode : position, keyword and default of an argument ``r``, ``w``, ``a``, … that decides instead.
    """

    attribute: str
    position: int
    keyword: str
    how: int = READ
    mode: tuple[int, str, str] | None = None


_SAFETENSORS = (
    Hook("save_file", 1, "filename", WRITTEN),
    Hook("load_file", 0, "filename"),
    Hook("safe_open", 0, "filename"),
)
_POLARS_READERS = tuple(
    Hook(f"{verb}_{kind}", 0, "source")
    for verb in ("read", "scan")
    for kind in ("csv", "parquet", "ipc", "ndjson", "json", "avro", "excel", "delta")
)
_POLARS_WRITERS = tuple(
    Hook(f"{owner}_{kind}", 1, keyword, WRITTEN)
    for owner, keyword in (("DataFrame.write", "file"), ("LazyFrame.sink", "path"))
    for kind in ("csv", "parquet", "ipc", "ndjson", "json", "avro")
)

HOOKS: dict[str, tuple[Hook, ...]] = {
    "torch": (Hook("save", 1, "f", WRITTEN), Hook("load", 0, "f")),
    "torch.serialization": (Hook("save", 1, "f", WRITTEN), Hook("load", 0, "f")),
    "torch.jit._serialization": (Hook("save", 1, "f", WRITTEN), Hook("load", 0, "f")),
    "safetensors": (Hook("safe_open", 0, "filename"),),
    "safetensors.numpy": _SAFETENSORS,
    "safetensors.torch": _SAFETENSORS,
    "safetensors.flax": _SAFETENSORS,
    "safetensors.tensorflow": _SAFETENSORS,
    "h5py._hl.files": (Hook("File.__init__", 1, "name", mode=(2, "mode", "r")),),
    "pyarrow.parquet.core": (
        Hook("read_table", 0, "source"),
        Hook("ParquetFile.__init__", 1, "source"),
        Hook("ParquetDataset.__init__", 1, "path_or_paths"),
        Hook("write_table", 1, "where", WRITTEN),
        Hook("ParquetWriter.__init__", 1, "where", WRITTEN),
        Hook("write_to_dataset", 1, "root_path", WRITTEN),
    ),
    "pyarrow.feather": (
        Hook("read_feather", 0, "source"),
        Hook("read_table", 0, "source"),
        Hook("write_feather", 1, "dest", WRITTEN),
    ),
    "pyarrow.csv": (
        Hook("read_csv", 0, "input_file"),
        Hook("open_csv", 0, "input_file"),
        Hook("write_csv", 1, "output_file", WRITTEN),
    ),
    "pyarrow.dataset": (Hook("dataset", 0, "source"), Hook("write_dataset", 1, "base_dir", WRITTEN)),
    "polars": (*_POLARS_READERS, *_POLARS_WRITERS),
    "xgboost.core": (
        Hook("Booster.save_model", 1, "fname", WRITTEN),
        Hook("Booster.load_model", 1, "fname"),
        Hook("DMatrix.__init__", 1, "data"),
    ),
    "lightgbm.basic": (
        Hook("Booster.save_model", 1, "filename", WRITTEN),
        Hook("Booster.__init__", 3, "model_file"),
        Hook("Dataset.__init__", 1, "data"),
    ),
    "keras.src.saving.saving_api": (
        Hook("save_model", 1, "filepath", WRITTEN),
        Hook("load_model", 0, "filepath"),
        Hook("save_weights", 1, "filepath", WRITTEN),
        Hook("load_weights", 1, "filepath"),
    ),
}
