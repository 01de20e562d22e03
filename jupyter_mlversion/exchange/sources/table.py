"""CSV files: a column per metric, a row per step; a column ``run`` tells several runs apart."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import InvalidInput
from jupyter_mlversion.exchange.found import FoundRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEPS = ("step", "steps", "epoch", "iteration", "global_step")
_TIMES = ("time", "timestamp", "wall_time", "wall time")
_RUNS = ("run", "run_id", "run_name", "experiment")


def recognises(source: str) -> bool:
    """Whether it is a CSV or TSV file."""
    return source.endswith((".csv", ".tsv")) and Path(source).is_file()


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """One run, or one for each value of the column ``run``; texts that never change are parameters."""
    path = Path(source)
    found: dict[str, FoundRun] = {}
    texts: dict[tuple[str, str], set[str]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            special = {kind: _column(rows.fieldnames or (), names)
                       for kind, names in (("step", _STEPS), ("time", _TIMES), ("run", _RUNS))}
            for number, row in enumerate(rows):
                _take(found, texts, path, row, number, special)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{source} cannot be read as CSV: {error}"
        raise InvalidInput(message) from error
    for (name, column), values in texts.items():
        if len(values) == 1:
            found[name].params[column] = next(iter(values))
        else:
            notes.append(f"{path.name}: the column {column} holds changing text and was left out")
    if not any(run.points or run.params for run in found.values()):
        message = f"{source} has no column of numbers"
        raise InvalidInput(message, hint="Name the columns in the first line, one of them `step`.")
    yield from found.values()


def _take(found: dict[str, FoundRun], texts: dict[tuple[str, str], set[str]], path: Path, row: Mapping[str | None, str],
          number: int, special: Mapping[str, str | None]) -> None:
    name = row.get(special["run"]) or path.stem
    changed = path.stat().st_mtime
    key = f"csv.{path.resolve()}#{name}"
    run = found.setdefault(name, FoundRun(key, path.stem, name, changed, changed, "finished"))
    step = _number(row.get(special["step"]))
    time = _number(row.get(special["time"]))
    time = changed if time is None or not math.isfinite(time) else time
    run.started, run.ended = min(run.started, time), max(run.ended or time, time)
    for column, text in row.items():
        if column is None or column in special.values() or not text:  # None: more cells than the head has
            continue
        value = _number(text)
        if value is None:
            texts.setdefault((name, column), set()).add(text)
        else:
            run.add(column, number if step is None or not step.is_integer() else int(step), time, value)


def _column(columns: object, names: tuple[str, ...]) -> str | None:
    return next((column for column in columns if column and column.lower() in names), None)  # type: ignore[attr-defined]


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
