"""``mlflow.db``: the SQLite file of MLflow's local store, opened read-only; MLflow itself is not needed."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from jupyter_mlversion.domain.run import Input
from jupyter_mlversion.errors import InvalidInput
from jupyter_mlversion.exchange.found import REGISTERED, FoundRun, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 1.7976931348623157e308
"""What MLflow writes for infinity."""

_RUNS = """SELECT run_uuid, runs.name, status, start_time, end_time, user_id, artifact_uri, experiments.name
    FROM runs JOIN experiments USING (experiment_id) WHERE runs.lifecycle_stage = 'active'
    ORDER BY start_time, run_uuid"""
_METRICS = "SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? ORDER BY timestamp, step"
_INPUTS = """SELECT inputs.input_uuid, name, digest, dataset_source_type, dataset_source, dataset_schema,
    dataset_profile FROM inputs JOIN datasets ON dataset_uuid = source_id
    WHERE destination_id = ? AND source_type = 'DATASET'"""
_MODELS = "SELECT name, version, description FROM model_versions WHERE run_id = ?"


def recognises(source: str) -> bool:
    """Whether it is an SQLite file with MLflow's tables."""
    path = _path(source)
    if path is None or not path.is_file():
        return False
    try:
        with closing(_opened(path)) as database:
            return {"runs", "experiments", "metrics"} <= _tables(database)
    except sqlite3.Error:
        return False


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """All runs that are not deleted, with their last state."""
    path = _path(source)
    if path is None or not path.is_file():
        message = f"there is no file {source}"
        raise InvalidInput(message)
    try:
        with closing(_opened(path)) as database:
            tables = _tables(database)
            for row in database.execute(_RUNS).fetchall():
                yield _run(database, tables, path.parent, row, notes)
    except sqlite3.Error as error:
        message = f"{path} cannot be read as MLflow's database: {error}"
        raise InvalidInput(message, hint="Upgrade it with: mlflow db upgrade sqlite:///PATH") from error


def _path(source: str) -> Path | None:
    if source.startswith("sqlite:///"):
        return Path(source.removeprefix("sqlite:///"))
    return None if "://" in source else Path(source)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _tables(database: sqlite3.Connection) -> set[str]:
    return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _run(
    database: sqlite3.Connection, tables: set[str], base: Path, row: tuple[Any, ...], notes: list[str]
) -> FoundRun:
    id_, name, status, start, end, user, artifacts, experiment = row
    tags = {key: value or "" for key, value in
            database.execute("SELECT key, value FROM tags WHERE run_uuid = ?", (id_,))}
    parent = tags.get("mlflow.parentRunId")
    run = FoundRun(
        f"mlflow.{id_}", experiment, tags.get("mlflow.runName") or name or id_[:8], (start or 0) / 1000,
        None if end is None else end / 1000, str(status).lower(), f"mlflow.{parent}" if parent else "",
        tags=tags, author=user or tags.get("mlflow.user", ""),
    )
    run.params = {key: value_of(value) for key, value in
                  database.execute("SELECT key, value FROM params WHERE run_uuid = ?", (id_,))}
    for key, step, stamp, value, is_nan in database.execute(_METRICS, (id_,)):
        run.add(key, step, stamp / 1000, number_of(value, is_nan=bool(is_nan)))
    if "inputs" in tables:
        run.inputs = tuple(_inputs(database, id_))
    if "model_versions" in tables:
        models = [{"name": model, "version": str(version), "description": text or ""}
                  for model, version, text in database.execute(_MODELS, (id_,))]
        if models:
            run.tags[REGISTERED] = json.dumps(models)
    run.files = _files(base, artifacts, run.name, notes)
    return run


def number_of(value: float, *, is_nan: bool) -> float:
    """A metric's value: MLflow keeps NaN as a mark and infinities as the largest number."""
    if is_nan:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= _LARGEST else value


def _inputs(database: sqlite3.Connection, run: str) -> Iterator[Input]:
    for id_, name, digest, kind, source, schema, profile in database.execute(_INPUTS, (run,)).fetchall():
        tags = dict(database.execute("SELECT name, value FROM input_tags WHERE input_uuid = ?", (id_,)))
        yield Input(name, digest, kind or "", source or "", schema or "", profile or "", tags)


def _files(base: Path, uri: str | None, name: str, notes: list[str]) -> dict[str, Path]:
    """The artifacts that are files of this machine."""
    if not uri:
        return {}
    parts = urlparse(uri)
    if parts.scheme not in ("", "file"):
        notes.append(f"{name}: its artifacts are at {uri} and were left there")
        return {}
    folder = base / unquote(parts.path)
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
