"""Runs that W&B recorded offline: ``wandb/offline-run-*/run-*.wandb``."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidInput, MissingPackage
from jupyter_mlversion.exchange.found import FoundRun, flat
from jupyter_mlversion.tracking.number import parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 32768
_MAGIC = b":W&B"
_HEADER = 7
_WHOLE, _LAST = 1, 4


def recognises(source: str) -> bool:
    """Whether there are W&B's records in the folder, or it is one."""
    path = Path(source)
    return path.suffix == ".wandb" if path.is_file() else bool(_files(path))


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """A run for each file of records."""
    path = Path(source)
    files = [path] if path.is_file() else _files(path)
    if not files:
        message = f"there are no runs of W&B in {source}"
        raise InvalidInput(message)
    for file in files:
        yield _run(file, notes)


def _files(folder: Path) -> list[Path]:
    patterns = ("*.wandb", "*run-*/*.wandb", "wandb/*run-*/*.wandb")
    return sorted({path.resolve() for pattern in patterns for path in folder.glob(pattern)
                   if "latest-run" not in path.parts})


def _run(path: Path, notes: list[str]) -> FoundRun:
    library = _library()
    run = FoundRun(f"wandb.{path.stem.removeprefix('run-')}", "wandb", path.stem, path.stat().st_mtime, status="killed")
    summary: dict[str, Any] = {}
    config: dict[str, Any] = {}
    others: set[str] = set()
    try:
        for data in _records(path):
            record = library.Record.FromString(data)
            kind = record.WhichOneof("record_type")
            if kind == "run":
                _describe(run, record.run, config)
            elif kind == "config":
                config |= _items(record.config.update)
            elif kind == "history":
                _history(run, _items(record.history.item), others)
            elif kind == "summary":
                summary |= _items(record.summary.update)
            elif kind == "exit":
                run.status = "failed" if record.exit.exit_code else "finished"
    except (OSError, ValueError, struct.error) as error:
        message = f"{path} is no record of W&B: {error}"
        raise InvalidInput(message) from error
    run.params = {name: parameter_of(value) for name, value in flat(config).items() if not name.startswith("_wandb")}
    _final(run, summary)
    if others:
        notes.append(f"{run.name}: left out what are no numbers: {', '.join(sorted(others))}")
    folder = path.parent / "files"
    run.files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return run


def _describe(run: FoundRun, record: Any, config: dict[str, Any]) -> None:
    run.key = f"wandb.{record.project}/{record.run_id}"
    run.group = record.project or "wandb"
    run.name = record.display_name or record.run_id
    if record.HasField("start_time"):
        run.started = record.start_time.seconds + record.start_time.nanos / 1e9
    config |= _items(record.config.update)
    run.tags |= {"wandb.id": record.run_id} | ({"wandb.tags": ", ".join(record.tags)} if record.tags else {})
    if record.notes:
        run.tags["wandb.notes"] = record.notes


def _history(run: FoundRun, row: dict[str, Any], others: set[str]) -> None:
    step, time = int(row.pop("_step", 0)), float(row.pop("_timestamp", run.started))
    run.ended = max(run.ended or time, time)
    for name, value in row.items():
        number = _number(value)
        if name.startswith("_"):
            continue
        if number is None:
            others.add(name)
        else:
            run.add(name.replace(".", "/"), step, time, number)


def _final(run: FoundRun, summary: dict[str, Any]) -> None:
    """What only the summary has, such as ``run.summary["best"]``."""
    for name, value in summary.items():
        number = _number(value)
        plain = name.replace(".", "/")
        if number is not None and not name.startswith("_") and plain not in run.points:
            run.add(plain, 0, run.ended or run.started, number)


def _items(items: Any) -> dict[str, Any]:
    """Items of records as one flat dictionary: their values are JSON, with NaN and Infinity as Python reads them."""
    found: dict[str, Any] = {}
    for item in items:
        name = ".".join(item.nested_key) or item.key
        found |= flat(json.loads(item.value_json), name)
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, (bool, int, float)):
        return float(value)
    special = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return special.get(value) if isinstance(value, str) else None


def _records(path: Path) -> Iterator[bytes]:
    """The records of a log in LevelDB's format: blocks of 32 KiB, records in up to as many pieces as they need.

    A run that was killed ends in the middle of a record: what is whole counts.
    """
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        message = "it does not begin as one"
        raise ValueError(message)
    place, record = _HEADER, b""
    while place + _HEADER <= len(data):
        left = _BLOCK - place % _BLOCK
        if left < _HEADER:
            place += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, place)
        place += _HEADER
        if place + length > len(data) or not kind:
            return
        record += data[place:place + length]
        place += length
        if kind in (_WHOLE, _LAST):
            yield record
            record = b""


def _library() -> Any:
    try:
        from wandb.proto import wandb_internal_pb2
    except ImportError as error:
        message = "W&B's records are read by wandb, which is not installed"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[wandb]"') from error
    return wandb_internal_pb2
