"""``split``: the rows of a file, or the images of a folder, dealt out to parts; recorded in a version."""

from __future__ import annotations

import argparse
import os
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.answers import outcome_answer
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.style import safe
from jupyter_mlversion.commands.text.versions import outcome_text
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import FileFailure, UnknownPath

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mlversion.splits import Partition
    from jupyter_mlversion.splits.fold import Fold

SETTINGS = ("target", "sizes", "strategy", "seed", "name", "groups", "time", "column", "folds", "repeats", "inner",
            "gap", "window", "test_rows")
"""Arguments of `jupyter_mlversion.split` that have an option of their name."""


def run(request: Request) -> Result:
    """Split the file, write the rows where it was asked for, and make a version of the workspace."""
    from jupyter_mlversion.domain.artifact import Access
    from jupyter_mlversion.repository import Repository, Seen
    from jupyter_mlversion.splits import split

    path = request.path(request.arguments.data)
    if not path.exists():
        message = f"there is no file or folder {request.arguments.data} in {request.folder}"
        raise UnknownPath(message)
    partition = split(path, **chosen(request.arguments))
    if request.arguments.output is not None:
        write_rows(partition, request.path(request.arguments.output))
    repository = Repository.open(request.folder, create=True)
    files = partition.table.files if partition.table is not None else ()
    paths = [path / file for file in files] if files else [path]
    seen = Seen(dict.fromkeys(map(os.path.abspath, map(str, paths)), Access.READ),
                splits=lambda batch: (partition.seal(batch),))
    event = Checkpoint(f"{uuid.uuid4().hex}.split", Trigger.CLI, datetime.now(UTC), f"Split {path.name}")
    staged = repository.stage(event, _inside(repository.root, seen), request.progress)
    outcome = repository.join(staged.checkpoint.key)
    answer = {"split": to_plain(partition.record), **outcome_answer(outcome)}
    return Result(answer, f"{partition_text(partition)}\n{outcome_text(outcome, request.style)}")


def chosen(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the words say about the split; what they do not say is left to `split`."""
    given = {name: getattr(arguments, name) for name in SETTINGS}
    return {name: value for name, value in given.items() if value is not None}


def partition_text(partition: Partition) -> str:
    """The sizes of the parts, on a line."""
    parts = [f"{safe(part.name)} {part.size}" for part in partition.record.parts[:10]]
    return f"{safe(partition.record.name)}: {', '.join(parts)}{' …' if len(partition) > len(parts) else ''}"


def write_rows(partition: Partition, path: Path) -> None:
    """The row numbers of every part, or of every fold, as JSON.

    Raises
    ------
    FileFailure : the file cannot be written.
    """
    rows: Any = (
        {"folds": [_plain(fold) for fold in partition.folds]} if partition.is_cross_validation
        else _parts(partition.rows)
    )
    try:
        path.write_bytes(canonical.dump(rows))
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise FileFailure(message) from error


def sizes(text: str) -> dict[str, float]:
    """``train=0.8,test=0.2`` as a dictionary."""
    try:
        pairs = [item.split("=") for item in text.split(",")]
        return {name.strip(): float(share) for name, share in pairs}
    except ValueError:
        message = f"{text!r} is not of the form train=0.8,test=0.2"
        raise argparse.ArgumentTypeError(message) from None


def _plain(fold: Fold) -> dict[str, Any]:
    inner = {"inner": [_plain(one) for one in fold.inner]} if fold.inner else {}
    return {**_parts(fold.parts), **inner}


def _parts(parts: Mapping[str, Any]) -> dict[str, list[int]]:
    return {name: [int(row) for row in rows] for name, rows in parts.items()}


def _inside(root: Path, seen: Any) -> Any:
    """`seen` with workspace paths where files are in the workspace."""
    from dataclasses import replace

    prefix = f"{root}{os.sep}"
    return replace(seen, files={path.removeprefix(prefix): access for path, access in seen.files.items()})


def _number(*names: str, meaning: str) -> Argument:
    return Argument(names, meaning, {"metavar": "N", "type": int})


COMMAND = Command(
    "split", "deal the rows of a file, or the images of a folder, out to parts, and record how", run,
    (
        Argument(("data",), "a CSV or Parquet file, a folder of images, in a cell a variable", {"metavar": "DATA"}),
        Argument(("--target",), "the column with the class of each row", {"metavar": "COLUMN"}),
        Argument(("--sizes",), "the parts (default: train=0.8,test=0.2)", {"metavar": "SIZES", "type": sizes}),
        Argument(("--strategy",), "how (default: random)", {"metavar": "STRATEGY"}),
        _number("--seed", meaning="the same seed gives the same rows (default: 0)"),
        Argument(("--name",), "what the split is called (default: split)", {"metavar": "NAME"}),
        Argument(("--groups",), "the column with the group of each row", {"metavar": "COLUMN"}),
        Argument(("--time",), "the column with the time of each row", {"metavar": "COLUMN"}),
        Argument(("--column",), "the column with the part of each row", {"metavar": "COLUMN"}),
        _number("--folds", meaning="folds of a cross-validation (default: 5)"),
        _number("--repeats", meaning="repeats of a cross-validation (default: 1)"),
        _number("--inner", meaning="folds within each training set"),
        _number("--gap", meaning="rows left out between train and test of a time series"),
        _number("--window", meaning="most rows to train on, of a sliding window"),
        _number("--test-rows", meaning="rows of each test set of a time series"),
        Argument(("-o", "--output"), "write the row numbers of every part here, as JSON", {"metavar": "FILE"}),
    ),
    magic=True, careful=True,
)
