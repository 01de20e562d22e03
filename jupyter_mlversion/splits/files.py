"""Files and folders as tables: CSV, Parquet, and images sorted into a sub-folder for each class."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from blake3 import blake3

from jupyter_mlversion.errors import FileFailure, InvalidInput, MissingPackage, UnknownPath, UsageError
from jupyter_mlversion.splits.codes import codes_of
from jupyter_mlversion.splits.columns import array_of
from jupyter_mlversion.splits.table import Table, kept, table_of

IMAGES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}
PARQUET = {".parquet", ".pq"}


def read_table(path: str) -> Table:
    """The table at `path`.

    Raises
    ------
    UnknownPath : nothing is there.
    UsageError : it is neither CSV, Parquet nor a folder of images.
    InvalidInput, FileFailure : it cannot be read as what it is.
    MissingPackage : Parquet needs pyarrow.
    """
    place = Path(path)
    if not place.exists():
        message = f"there is no file or folder {path}"
        raise UnknownPath(message, hint="Paths start from the folder of the notebook.")
    try:
        if place.is_dir():
            return _images(place)
        suffix = place.suffix.lower()
        if suffix in {".csv", ".tsv"}:
            return _named(_csv(place, "\t" if suffix == ".tsv" else ","), "csv", path)
        if suffix in PARQUET:
            return _named(_parquet(place), "parquet", path)
    except OSError as error:
        message = f"{path} cannot be read: {error}"
        raise FileFailure(message) from error
    message = f"{path} is neither a CSV or Parquet file nor a folder of images"
    raise UsageError(message, hint="Read it into an array or a data frame, and give that.")


def _named(table: Table, kind: str, path: str) -> Table:
    return Table(kind, table.row_count, table.names, table.getters, path)


def _csv(path: Path, delimiter: str) -> Table:
    try:
        import pandas as pd
    except ImportError:
        return _plain_csv(path, delimiter)
    try:
        return table_of(pd.read_csv(path, sep=delimiter))
    except ValueError as error:  # of which pandas' own errors are kinds
        message = f"{path} cannot be read as CSV: {error}"
        raise InvalidInput(message) from error


def _plain_csv(path: Path, delimiter: str) -> Table:
    """Without a library: columns whose every value reads as a number are numbers, the others text."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file, delimiter=delimiter)
    except (ValueError, csv.Error) as error:
        message = f"{path} cannot be read as CSV: {error}"
        raise InvalidInput(message) from error
    rows = [row for row in rows if row]
    uneven = next((number for number, row in enumerate(rows, 2) if len(row) != len(header)), None)
    if uneven is not None:
        message = f"{path}, line {uneven}: {len(rows[uneven - 2])} values where the first line has {len(header)}"
        raise InvalidInput(message)
    columns = [_typed([row[place] for row in rows]) for place in range(len(header))]
    return Table("csv", len(rows), tuple(header), kept(columns))


def _typed(texts: list[str]) -> Any:
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return array_of([text or None for text in texts])


def _parquet(path: Path) -> Table:
    try:
        from pyarrow import parquet
    except ImportError as error:
        message = f"reading {path} needs pyarrow"
        raise MissingPackage(message, hint='pip install "jupyter_mlversion[ml]"') from error
    try:
        return table_of(parquet.read_table(path))
    except (ValueError, RuntimeError) as error:
        message = f"{path} cannot be read as Parquet: {error}"
        raise InvalidInput(message) from error


def _images(folder: Path) -> Table:
    """One row for each image, sorted by path; its class is the sub-folder, its identity the hash of its bytes."""
    files = sorted(path.relative_to(folder).as_posix() for path in _walk(folder) if path.suffix.lower() in IMAGES)
    if not files:
        message = f"there is no image in {folder}"
        raise UsageError(message, hint="Put the images of each class into a sub-folder of its own.")
    kinds = [file.partition("/")[0] if "/" in file else None for file in files]
    loose = kinds.count(None)
    if loose and loose < len(kinds):
        message = f"{loose} images lie in {folder} itself, in no sub-folder: {files[kinds.index(None)]}"
        raise UsageError(message, hint="Put the images of each class into a sub-folder of its own.")
    hashed = np.array([_identity(folder / file) for file in files], dtype=np.uint64)
    classes = None if loose else codes_of(kinds, len(files), "target")
    return Table("images", len(files), ("file",), kept([array_of(files)]), str(folder), classes, hashed, tuple(files))


def _walk(folder: Path) -> Iterator[Path]:
    """All files but those of hidden folders."""
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(base, name) for name in names)


def _identity(path: Path) -> int:
    hasher = blake3()
    hasher.update_mmap(path)
    return int.from_bytes(hasher.digest(length=8), "little")
