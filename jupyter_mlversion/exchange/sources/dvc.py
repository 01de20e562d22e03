"""DVC experiments, as ``dvc exp show --json`` tells them: the commits with metrics, and the experiments below them."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidInput, MissingPackage
from jupyter_mlversion.exchange.found import FoundRun, flat
from jupyter_mlversion.tracking.number import parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATUS = {"Success": "finished", "Failed": "failed", "Running": "running", "Queued": "running"}


def recognises(source: str) -> bool:
    """Whether DVC is at work in the folder."""
    return (Path(source) / ".dvc").is_dir()


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """A run for every experiment, with its last metrics (DVC keeps those of steps in DVCLive's own files)."""
    folder = Path(source).resolve()
    for commit in reversed(_shown(folder)):  # DVC shows the newest first, and its times are whole seconds
        for state in _states(commit):
            run = _run(folder, state)
            if run is not None:
                yield run
        if commit.get("error"):
            notes.append(f"DVC says of {commit.get('rev', '')[:7]}: {commit['error'].get('msg', '')}")


def _shown(folder: Path) -> list[dict[str, Any]]:
    program = shutil.which("dvc")
    if program is None:
        message = "DVC's experiments are read by DVC, which is not installed"
        raise MissingPackage(message, hint="Run: pip install dvc")
    shown = subprocess.run(
        [program, "exp", "show", "--json", "--all-commits"], cwd=folder, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )
    try:
        answer: list[dict[str, Any]] = json.loads(shown.stdout)
    except ValueError as error:
        tail = shown.stderr.strip().splitlines()[-1:] or ["no answer"]
        message = f"dvc exp show failed in {folder}: {tail[0]}"
        raise InvalidInput(message) from error
    return answer


def _states(commit: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The commit itself, unless it is the work tree, and the newest state of each experiment below it."""
    if commit.get("rev") != "workspace":
        yield commit
    for experiment in commit.get("experiments") or ():
        state = next(iter(experiment.get("revs") or ()), None)
        if state:
            executor = experiment.get("executor") or {}
            yield {**state, "name": experiment.get("name") or state.get("name"), "state": executor.get("state")}


def _run(folder: Path, state: dict[str, Any]) -> FoundRun | None:
    data = state.get("data") or {}
    metrics = _values(data.get("metrics"))
    if not metrics:
        return None
    stamp = data.get("timestamp")
    moment = datetime.fromisoformat(stamp) if stamp else datetime.fromtimestamp(0, UTC)
    time = (moment if moment.tzinfo else moment.astimezone()).timestamp()
    status = _STATUS.get(str(state.get("state") or "Success").title(), "finished")
    rev = state["rev"]
    run = FoundRun(f"dvc.{folder}#{rev}", folder.name, state.get("name") or rev[:7], time, time, status,
                   tags={"dvc.rev": rev})
    for name, value in metrics.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            run.add(name, 0, time, float(value))
    run.params = {name: parameter_of(value) for name, value in _values(data.get("params")).items()}
    return run


def _values(files: dict[str, Any] | None) -> dict[str, Any]:
    """All values of all files, nested names joined by dots; the file's name comes first where two have the same."""
    found: dict[str, Any] = {}
    for path, content in (files or {}).items():
        for name, value in flat(content.get("data") or {}).items():
            if name:
                found[name if name not in found else f"{path}:{name}"] = value
    return found
