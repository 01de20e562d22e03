"""An MLflow server, or a folder ``mlruns``, through MLflow's own client."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.run import Input
from jupyter_mlversion.errors import InvalidInput
from jupyter_mlversion.exchange.found import REGISTERED, FoundRun, value_of
from jupyter_mlversion.exchange.library import mlflow_client
from jupyter_mlversion.exchange.sources.mlflow_database import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = 200


def recognises(source: str) -> bool:
    """Whether it is an address, or a folder of MLflow's."""
    return source.startswith(("http://", "https://", "databricks")) or (Path(source) / "0" / "meta.yaml").is_file()


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """All runs that are not deleted."""
    client = mlflow_client(source)
    from mlflow.exceptions import MlflowException

    try:
        experiments = {one.experiment_id: one.name for one in _pages(client.search_experiments)}
        for id_, name in experiments.items():
            for run in _pages(lambda id_=id_, **page: client.search_runs([id_], **page)):
                yield _run(client, run, name, notes)
    except MlflowException as error:
        message = f"MLflow at {source} does not answer: {error}"
        raise InvalidInput(message) from error


def _pages(ask: Any) -> Iterator[Any]:
    token: str | None = None
    while True:
        page = ask(max_results=_PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _run(client: Any, run: Any, experiment: str, notes: list[str]) -> FoundRun:
    info, tags = run.info, dict(run.data.tags)
    parent = tags.get("mlflow.parentRunId")
    found = FoundRun(
        f"mlflow.{info.run_id}", experiment, info.run_name or info.run_id[:8], (info.start_time or 0) / 1000,
        None if info.end_time is None else info.end_time / 1000, str(info.status).lower(),
        f"mlflow.{parent}" if parent else "", {name: value_of(text) for name, text in run.data.params.items()}, tags,
        author=tags.get("mlflow.user", ""),
    )
    for name in run.data.metrics:
        points = sorted(client.get_metric_history(info.run_id, name), key=lambda point: (point.timestamp, point.step))
        for point in points:
            value = number_of(point.value, is_nan=point.value != point.value)
            found.add(name, point.step, point.timestamp / 1000, value)
    found.inputs = tuple(_input(one) for one in getattr(run.inputs, "dataset_inputs", None) or ())
    _registered(client, found, info.run_id)
    notes.extend(_fetch(client, found, info.run_id))
    return found


def _input(one: Any) -> Input:
    data = one.dataset
    kind, source, schema, profile = (text or "" for text in (data.source_type, data.source, data.schema, data.profile))
    return Input(data.name, data.digest, kind, source, schema, profile, {tag.key: tag.value for tag in one.tags})


def _registered(client: Any, found: FoundRun, run_id: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        versions = client.search_model_versions(f"run_id = '{run_id}'")
    except MlflowException:  # a folder of files has no registry
        return
    models = [{"name": one.name, "version": str(one.version), "description": one.description or ""} for one in versions]
    if models:
        found.tags[REGISTERED] = json.dumps(models)


def _fetch(client: Any, found: FoundRun, run_id: str) -> Iterator[str]:
    """Download the artifacts, when a run has some; a message for what cannot be had."""
    try:
        if not client.list_artifacts(run_id):
            return
        folder = Path(tempfile.mkdtemp(prefix="mlversion-import-"))
        client.download_artifacts(run_id, "", str(folder))
        found.files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    except Exception as error:  # noqa: BLE001  whatever a store of artifacts raises: the run is worth having without
        yield f"{found.name}: its artifacts cannot be had: {error}"
