"""Runs of versions to an MLflow server: dates, parents, inputs and registered models are kept; it can be repeated."""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.domain.artifact import Role, State
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import InvalidInput
from jupyter_mlversion.exchange.found import REGISTERED
from jupyter_mlversion.exchange.incoming import inside
from jupyter_mlversion.exchange.library import mlflow_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_mlversion.domain.run import Input, Run
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.repository import Repository

RUN = "mlversion.run"
"""The tag by which an exported run is known again."""

_COMPLETE = "mlversion.complete"
_METRICS, _OTHERS = 1000, 100  # MLflow's limits of a batch: metrics; parameters and tags
_LONGEST_PARAM, _LONGEST_TAG = 6000, 5000
_STATUS = {"failed": "FAILED", "killed": "KILLED", "running": "RUNNING"}
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did, or would do.

    Parameters
    ----------
    runs : names of the runs that were sent.
    known : how many were there already.
    notes : what MLflow could not be given as it is.
    """

    runs: tuple[str, ...] = ()
    known: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A run, the newest version that has it, and by what it is known."""

    run: Run
    version: Version
    snapshot: Snapshot
    key: str


def export_runs(repository: Repository, uri: str, *, where: str = "", experiment: str | None = None,
                files: bool = False, dry_run: bool = False, progress: Progress = silent) -> Exported:
    """Send the runs of all versions that fit a query to MLflow; those that are there completely stay as they are.

    Parameters
    ----------
    uri : of the server, or of a database or folder of MLflow's.
    experiment : its name; None: that of the notebook, without one of the line.
    files : whether model files, and what runs logged besides numbers, are sent as artifacts.

    Raises
    ------
    MissingPackage : MLflow is not installed.
    InvalidInput : the server does not answer, or refuses.
    """
    client = mlflow_client(uri)
    notes: list[str] = []
    outgoing = list(_runs(repository, where))
    sent, ids, known = [], {}, 0
    with _answering(uri):
        there: dict[str, tuple[str, bool]] = {}
        for name in {_experiment(item, experiment) for item in outgoing}:
            there |= _present(client, name)
        for done, item in enumerate(outgoing):
            progress("sending runs", done, len(outgoing))
            id_, complete = there.get(item.key, ("", False))
            if complete:
                ids[item.run.id], known = id_, known + 1
                continue
            sent.append(item.run.name or item.version.message or item.version.short)
            if not dry_run:
                if id_:  # was interrupted: points sent twice would count twice
                    client.delete_run(id_)
                where_to = _experiment(item, experiment)
                ids[item.run.id] = _send(client, repository, item, where_to, ids, notes, files=files)
    return Exported(tuple(sent), known, tuple(notes))


@contextmanager
def _answering(uri: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        message = f"MLflow at {uri} refused: {error}"
        raise InvalidInput(message, hint="What was sent stays; the same command goes on from there.") from error


def _runs(repository: Repository, where: str) -> Iterator[_Outgoing]:
    """Every run once, from the newest version that has it; parents come before what is nested in them."""
    found: dict[str, _Outgoing] = {}
    for version in repository.find(where).versions:
        snapshot = repository.history.snapshot(version.id)
        for number, run in enumerate(snapshot.runs):
            key = run.id or f"{version.id}.{number}"
            if run.metrics or run.params or run.logged:
                found.setdefault(key, _Outgoing(run, version, snapshot, key))
    ordered = sorted(found.values(), key=lambda item: item.run.started)
    done: set[str] = set()
    while ordered:
        waiting = {item.run.id for item in ordered}
        ready = [item for item in ordered if item.run.parent not in waiting - {item.run.id}] or ordered
        yield from ready
        done |= {item.key for item in ready}
        ordered = [item for item in ordered if item.key not in done]


def _experiment(item: _Outgoing, name: str | None) -> str:
    return name or item.version.notebook or item.version.line


def _present(client: Any, name: str) -> dict[str, tuple[str, bool]]:
    """The runs of an experiment that were exported before: key → MLflow's id, and whether all of it arrived."""
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        return {}
    found, token = {}, None
    while True:
        page = client.search_runs([experiment.experiment_id], max_results=_PAGE, page_token=token)
        for run in page:
            if RUN in run.data.tags:
                found[run.data.tags[RUN]] = (run.info.run_id, _COMPLETE in run.data.tags)
        token = page.token
        if not token:
            return found


def _send(client: Any, repository: Repository, item: _Outgoing, experiment: str, ids: dict[str, str], notes: list[str],
          *, files: bool) -> str:
    run, version = item.run, item.version
    known = client.get_experiment_by_name(experiment)
    where = known.experiment_id if known else client.create_experiment(experiment)
    tags = {name: text for name, text in run.tags.items() if name != REGISTERED}
    tags |= {RUN: item.key, "mlversion.version": version.id, "mlversion.message": version.message,
             "mlflow.user": version.author, "mlflow.source.name": version.notebook or version.line}
    if run.parent in ids:
        tags["mlflow.parentRunId"] = ids[run.parent]
    name = run.name or version.message.partition("\n")[0] or version.short
    made = client.create_run(where, start_time=_milliseconds(run.started), run_name=name)
    id_: str = made.info.run_id
    _log(client, id_, item, repository, tags, notes)
    if run.inputs:
        client.log_inputs(id_, datasets=[_input(one) for one in run.inputs])
    if files:
        _files(client, id_, item, repository)
    _register(client, id_, made.info.artifact_uri, run)
    client.set_tag(id_, _COMPLETE, "1")
    end = run.ended or max((version.time.timestamp(), run.started))
    client.set_terminated(id_, _STATUS.get(run.status, "FINISHED"), _milliseconds(end))
    return id_


def _log(
    client: Any, id_: str, item: _Outgoing, repository: Repository, tags: dict[str, str], notes: list[str]
) -> None:
    from mlflow.entities import Metric, Param, RunTag

    run = item.run
    params = [Param(_name(name, notes), _text(value, _LONGEST_PARAM)) for name, value in run.params.items()]
    labels = [RunTag(_name(name, notes), _text(text, _LONGEST_TAG)) for name, text in tags.items()]
    series = canonical.load(repository.store.read(run.series)) if run.series else {}
    points = (Metric(_name(name, notes), canonical.float_from(value), _milliseconds(time), step)
              for name, columns in series.items()
              for step, time, value in zip(columns["steps"], columns["times"], columns["values"], strict=True))
    for part in _batches(params, _OTHERS):
        client.log_batch(id_, params=part)
    for part in _batches(labels, _OTHERS):
        client.log_batch(id_, tags=part)
    for part in _batches(points, _METRICS):
        client.log_batch(id_, metrics=part)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    part: list[Any] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _input(one: Input) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    data = Dataset(one.name, one.digest, one.source_type, one.source, one.schema or None, one.profile or None)
    return DatasetInput(data, [InputTag(name, text) for name, text in one.tags.items()])


def _files(client: Any, id_: str, item: _Outgoing, repository: Repository) -> None:
    wanted = [(logged.name, logged.digest) for logged in item.run.logged]
    for artifact in item.snapshot.artifacts:
        if artifact.state is State.STORED and artifact.digest:
            own = inside(item.run, artifact.path)
            if own is not None or artifact.role is Role.MODEL:
                wanted.append((own or artifact.path, artifact.digest))
    for name, digest in wanted:
        with tempfile.TemporaryDirectory(prefix="mlversion-export-") as folder:
            path = Path(folder) / (posixpath.basename(name) or "file")
            with path.open("wb") as file:
                repository.store.get(digest, file.fileno())
            client.log_artifact(id_, str(path), posixpath.dirname(name).strip("/") or None)


def _register(client: Any, id_: str, source: str, run: Run) -> None:
    """The registered models that the run made where it came from."""
    from mlflow.exceptions import MlflowException

    for model in json.loads(run.tags.get(REGISTERED, "[]")):
        try:
            client.create_registered_model(model["name"])
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        tags = {"mlversion.version": str(model.get("version", ""))}
        client.create_model_version(model["name"], source, id_, tags=tags, description=model.get("description") or None,
                                    await_creation_for=0)


def _name(name: str, notes: list[str]) -> str:
    """A name that MLflow takes: letters, digits and ``_-. :/``, no path that leads elsewhere."""
    plain = re.sub(r"[^\w.\- :/]", "_", name)
    if posixpath.normpath(plain) != plain or plain.startswith(("/", "..")) or plain == ".":
        plain = plain.replace("/", "_").replace("..", "_") if plain != "." else "_"
    plain = plain[:250]
    if plain != name and (note := f"{name!r} is called {plain!r} there") not in notes:
        notes.append(note)
    return plain


def _text(value: object, most: int) -> str:
    return str(value)[:most]


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
