"""Folders that DVCLive wrote: ``plots/metrics/**.tsv``, ``metrics.json``, ``params.yaml``, ``artifacts/``."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidInput
from jupyter_mlversion.exchange.found import FoundRun, flat
from jupyter_mlversion.tracking.number import parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def recognises(source: str) -> bool:
    """Whether it has DVCLive's metrics."""
    folder = Path(source)
    return (folder / "plots" / "metrics").is_dir() or (folder / "metrics.json").is_file()


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """The one run of the folder."""
    folder = Path(source)
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        message = f"{source} is no folder of DVCLive"
        raise InvalidInput(message)
    times = [path.stat().st_mtime for path in files]
    run = FoundRun(f"dvclive.{folder.resolve()}#{max(times):.3f}", "dvclive", folder.resolve().parent.name, min(times),
                   max(times), "finished")
    plots = folder / "plots" / "metrics"
    for path in sorted(plots.rglob("*.tsv")):
        _metric(run, path.relative_to(plots).with_suffix("").as_posix(), path)
    for name, value in flat(_document(folder / "metrics.json")).items():
        plain = name.replace(".", "/")
        if name and name != "step" and plain not in run.points and isinstance(value, (int, float)):
            run.add(plain, 0, max(times), float(value))
    run.params |= {name: parameter_of(value) for name, value in flat(_document(folder / "params.yaml")).items() if name}
    others = (path for path in files if plots not in path.parents)
    run.files = {path.relative_to(folder).as_posix(): path for path in others}
    if (folder / "plots").is_dir():
        notes.extend(f"the picture {path.name} is an artifact, not a figure" for path in folder.rglob("plots/images/*"))
    yield run


def _metric(run: FoundRun, name: str, path: Path) -> None:
    changed = path.stat().st_mtime
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
                time = float(row["timestamp"]) / 1000 if row.get("timestamp") else changed
                column = next(column for column in reversed(list(row)) if column not in ("step", "timestamp"))
                run.add(name, int(row.get("step") or number), time, float(row[column]))
    except (OSError, ValueError, KeyError, StopIteration, TypeError) as error:
        message = f"{path} is no metric of DVCLive: {error}"
        raise InvalidInput(message) from error


def _document(path: Path) -> Any:
    """A JSON or YAML file; nothing where there is none."""
    if not path.is_file():
        return {}
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        message = f"{path} cannot be read: {error}"
        raise InvalidInput(message) from error
