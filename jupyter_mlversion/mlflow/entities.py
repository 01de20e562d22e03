"""Our runs in MLflow's words, and back."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import TYPE_CHECKING, Any

from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunTag,
)

from jupyter_mlversion.domain.run import Input
from jupyter_mlversion.mlflow import ARTIFACT_SCHEME
from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.tracking import OpenRun

OURS = "mlversion."
"""Tags that begin so hold what MLflow keeps elsewhere; its client does not see them."""

EXPERIMENT = f"{OURS}experiment"
DELETED = f"{OURS}deleted"
ARTIFACTS = f"{OURS}artifacts"
MODEL_INPUTS = f"{OURS}model-inputs"
MODEL_OUTPUTS = f"{OURS}model-outputs"
DEFAULT = "Default"
"""The experiment of runs that name none."""

_RUN_ID_TWICE = "run_uuid" in inspect.signature(RunInfo).parameters  # until MLflow 3
_NAME = "mlflow.runName"


def experiment_id(name: str) -> str:
    """The id of the experiment `name`: the same in every process, so that runs of different kernels meet."""
    if name == DEFAULT:
        return "0"
    return str(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest()) + 1)


def milliseconds(seconds: float) -> int:
    """As MLflow counts time."""
    return round(seconds * 1000)


def text_of(value: Value) -> str:
    """A parameter as MLflow has it."""
    return str(value)


def run_info(run: OpenRun) -> Any:
    """MLflow's RunInfo."""
    more = {"run_uuid": run.id} if _RUN_ID_TWICE else {}
    return RunInfo(
        **more,
        run_id=run.id,
        run_name=run.tags.get(_NAME) or run.name or (f"cell {run.cell_id}" if run.cell_id else "console"),
        experiment_id=experiment_id(run.tags.get(EXPERIMENT, DEFAULT)),
        user_id=run.tags.get("mlflow.user", "unknown"),
        status=(run.status or "finished").upper(),
        start_time=milliseconds(run.started),
        end_time=None if run.ended is None else milliseconds(run.ended),
        lifecycle_stage=LifecycleStage.DELETED if DELETED in run.tags else LifecycleStage.ACTIVE,
        artifact_uri=run.tags.get(ARTIFACTS) or f"{ARTIFACT_SCHEME}:/{run.id}",
    )


def whole_run(run: OpenRun) -> Any:
    """MLflow's Run; of each metric the value that MLflow calls the latest: of the highest step."""
    metrics = [latest(run, name) for name in list(recorder().settle(run).series)]
    params = [Param(name, text_of(value)) for name, value in run.params.items()]
    tags = [RunTag(name, value) for name, value in run.tags.items() if not name.startswith(OURS)]
    data = RunData([metric for metric in metrics if metric is not None], params, tags)
    inputs = [_input(one) for one in run.inputs]
    try:
        from mlflow.entities import LoggedModelInput, LoggedModelOutput, RunOutputs
    except ImportError:  # before MLflow 3
        return Run(run_info(run), data, RunInputs(inputs))
    taken = [LoggedModelInput(id_) for id_ in _listed(run, MODEL_INPUTS)]
    given = [LoggedModelOutput(id_, step) for id_, step in _listed(run, MODEL_OUTPUTS)]
    return Run(run_info(run), data, RunInputs(inputs, taken), RunOutputs(given))


def latest(run: OpenRun, name: str) -> Any:
    """MLflow's Metric with the highest step, then time, then value; None where there is no point."""
    columns = run.series[name].columns()
    points = zip(*columns, strict=True)
    step, moment, value = max(points, default=(None, 0.0, 0.0), key=lambda point: (*point[:2], point[2]))
    return None if step is None else Metric(name, value, milliseconds(moment), step)


def history_of(run: OpenRun, name: str) -> list[Any]:
    """Every point of a metric, in the order of logging."""
    if name not in recorder().settle(run).series:
        return []
    points = zip(*run.series[name].columns(), strict=True)
    return [Metric(name, value, milliseconds(moment), step) for step, moment, value in points]


def our_input(given: Any) -> Input:
    """A DatasetInput in our words."""
    one = given.dataset
    return Input(one.name, one.digest, one.source_type or "", one.source or "", one.schema or "", one.profile or "",
                 {tag.key: tag.value for tag in given.tags})


def remember(run: OpenRun, tag: str, new: list[Any]) -> None:
    """Add to a list that `run` keeps in a tag, what it does not hold yet."""
    known = _listed(run, tag)
    run.tags[tag] = json.dumps([*known, *(one for one in new if one not in known)])


def _listed(run: OpenRun, tag: str) -> list[Any]:
    found: list[Any] = json.loads(run.tags.get(tag, "[]"))
    return found


def _input(one: Input) -> Any:
    dataset = Dataset(one.name, one.digest, one.source_type, one.source, one.schema or None, one.profile or None)
    return DatasetInput(dataset, [InputTag(key, value) for key, value in one.tags.items()])
