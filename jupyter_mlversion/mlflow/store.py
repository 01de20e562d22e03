"""MLflow's tracking store on the runs of this process, and on those that versions hold."""

from __future__ import annotations

from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from mlflow.entities import LifecycleStage, RunStatus
from mlflow.entities.run_info import check_run_is_active
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.tracking import SEARCH_MAX_RESULTS_THRESHOLD
from mlflow.store.tracking.abstract_store import AbstractStore
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME, _get_run_name_from_tags
from mlflow.utils.name_utils import _generate_random_name
from mlflow.utils.search_utils import SearchUtils
from mlflow.utils.validation import (
    _validate_batch_log_data,
    _validate_batch_log_limits,
    _validate_metric,
    _validate_metric_name,
    _validate_param,
    _validate_param_keys_unique,
    _validate_run_id,
    _validate_tag_name,
)

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.mlflow import ARTIFACT_SCHEME, entities
from jupyter_mlversion.mlflow.experiments import Experiments, names
from jupyter_mlversion.mlflow.models import Models
from jupyter_mlversion.mlflow.past import Past
from jupyter_mlversion.tracking import OpenRun, recorder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.run import Value

_SECOND = 1000
_ENDED = {RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED}


class TrackingStore(Models, AbstractStore):  # type: ignore[misc]  # MLflow has no types
    """Runs of MLflow's client are runs of the cell that executes; experiments are names that runs have.

    Parameters
    ----------
    store_uri, artifact_uri : as MLflow gives them; there is one store for a process, whatever they say.
    """

    def __init__(self, store_uri: str | None = None, artifact_uri: str | None = None) -> None:
        del store_uri, artifact_uri
        super().__init__()
        self.past = Past()
        self._experiments = Experiments(self._named)
        if recorder().folder is None:
            _keep_on_disk()

    # -- experiments

    def search_experiments(self, view_type: Any = None, max_results: Any = 1000, filter_string: str | None = None,
                           order_by: Any = None, page_token: str | None = None) -> Any:
        """As MLflow's."""
        return self._experiments.search(view_type, max_results, filter_string, order_by, page_token)

    def create_experiment(self, name: str, artifact_location: str | None = None, tags: Any = None) -> str:
        """As MLflow's; the id follows from the name."""
        return self._experiments.create(name, artifact_location, tags or [])

    def get_experiment(self, experiment_id: str | None) -> Any:
        """As MLflow's."""
        return self._experiments.get(experiment_id)

    def get_experiment_by_name(self, experiment_name: str) -> Any:
        """As MLflow's."""
        return self._experiments.by_name(experiment_name)

    def delete_experiment(self, experiment_id: str) -> None:
        """As MLflow's."""
        self._experiments.delete(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        """As MLflow's."""
        self._experiments.delete(experiment_id, back=True)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """As MLflow's, for this process."""
        self._experiments.rename(experiment_id, new_name)

    def set_experiment_tag(self, experiment_id: str, tag: Any) -> None:
        """As MLflow's, for this process."""
        self._experiments.active(experiment_id)._add_tag(tag)  # noqa: SLF001 - as MLflow's own stores do

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """As MLflow's."""
        self._experiments.active(experiment_id).tags.pop(key, None)

    # -- runs

    def create_run(self, experiment_id: str | None, user_id: str, start_time: int | None, tags: Any,
                   run_name: str | None) -> Any:
        """A run of the cell that executes."""
        experiment = self._experiments.active(experiment_id)
        tags = list(tags or [])
        told = _get_run_name_from_tags(tags)
        if run_name and told and run_name != told:
            message = ("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                       f"(run_name='{run_name}', mlflow.runName='{told}').")
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        given = run_name or told or ""
        texts = {tag.key: _text(tag.value) for tag in tags}
        run = OpenRun("", name=given, parent=texts.get(MLFLOW_PARENT_RUN_ID, ""), status="running",
                      started=(start_time or entities.milliseconds(time())) / _SECOND)
        # Only MLflow's view of a run without a name has a made up one: two executions of a cell stay equal.
        run.tags = {**texts, MLFLOW_RUN_NAME: given or _generate_random_name()}
        run.tags.setdefault("mlflow.user", user_id or "unknown")
        run.tags[entities.EXPERIMENT] = self._experiments.name_of(experiment)
        if not experiment.artifact_location.startswith(f"{ARTIFACT_SCHEME}:"):
            run.tags[entities.ARTIFACTS] = f"{experiment.artifact_location.rstrip('/')}/{run.id}/artifacts"
        return entities.whole_run(recorder().start(run))

    def get_run(self, run_id: str) -> Any:
        """As MLflow's."""
        return entities.whole_run(self.run(run_id))

    def update_run_info(self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None) -> Any:
        """As MLflow's."""
        run = self._active(run_id)
        if run_name:
            run.name = run.tags[MLFLOW_RUN_NAME] = run_name
        status = RunStatus.to_string(run_status).lower() if run_status is not None else run.status
        ended = end_time / _SECOND if end_time is not None else run.ended
        recorder().finish(run, status, ended if run_status is None or run_status in _ENDED else None)
        return entities.run_info(run)

    def delete_run(self, run_id: str) -> None:
        """As MLflow's: the run is marked, and can be restored; a version that holds it is not changed."""
        self._mark(self.run(run_id), entities.DELETED, "1")

    def restore_run(self, run_id: str) -> None:
        """As MLflow's."""
        run = self.run(run_id)
        run.tags.pop(entities.DELETED, None)
        self._told(run)

    def _search_runs(self, experiment_ids: Any, filter_string: str | None, run_view_type: int, max_results: int,
                     order_by: Any, page_token: str | None) -> tuple[Any, Any]:
        if max_results > SEARCH_MAX_RESULTS_THRESHOLD:
            message = (f"Invalid value for request parameter max_results. It must be at most "
                       f"{SEARCH_MAX_RESULTS_THRESHOLD}, but got value {max_results}")
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        stages = LifecycleStage.view_type_to_stages(run_view_type)
        wanted = {str(one) for one in experiment_ids}
        whole = [entities.whole_run(run) for run in self._all()
                 if entities.experiment_id(run.tags.get(entities.EXPERIMENT, entities.DEFAULT)) in wanted]
        seen = [run for run in whole if run.info.lifecycle_stage in stages]
        found = SearchUtils.sort(SearchUtils.filter(seen, filter_string), order_by)
        runs, page = SearchUtils.paginate(found, page_token, max_results)
        return runs, page

    # -- what runs hold

    def log_batch(self, run_id: str, metrics: Any, params: Any, tags: Any) -> None:
        """As MLflow's: nothing is logged when any of it is refused."""
        _validate_run_id(run_id)
        metrics, params, tags = _checked_batch(metrics, params, tags)
        _validate_batch_log_limits(metrics, params, tags)
        _validate_param_keys_unique(params)
        run = self._active(run_id)
        self._log_params(run, params)
        self._log_metrics(run, metrics)
        for tag in tags:
            self._tag(run, tag)

    def log_metric(self, run_id: str, metric: Any) -> None:
        """As MLflow's."""
        _validate_metric(metric.key, metric.value, metric.timestamp, metric.step)
        self._log_metrics(self._active(run_id), [metric])

    def log_param(self, run_id: str, param: Any) -> None:
        """As MLflow's: a value that is set cannot become another."""
        param = _validate_param(param.key, param.value) or param
        self._log_params(self._active(run_id), [param])

    def set_tag(self, run_id: str, tag: Any) -> None:
        """As MLflow's."""
        _validate_tag_name(tag.key)
        self._tag(self._active(run_id), tag)

    def delete_tag(self, run_id: str, key: str) -> None:
        """As MLflow's."""
        run = self._active(run_id)
        if key not in run.tags:
            message = f"No tag with name: {key} in run with id {run_id}"
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        del run.tags[key]
        self._told(run)

    def get_metric_history(self, run_id: str, metric_key: str, max_results: int | None = None,
                           page_token: str | None = None) -> Any:
        """As MLflow's: in the order of logging."""
        _validate_metric_name(metric_key)
        points = entities.history_of(self.run(run_id), metric_key)
        if max_results is None:
            return PagedList(points[SearchUtils.parse_start_offset_from_page_token(page_token) :], None)
        return PagedList(*SearchUtils.paginate(points, page_token, max_results))

    def log_inputs(self, run_id: str, datasets: Any = None, models: Any = None) -> None:
        """As MLflow's: data sets, and models, that a run used."""
        run = self._active(run_id)
        known = {(one.name, one.digest) for one in run.inputs}
        new = [entities.our_input(one) for one in datasets or []]
        run.inputs += [one for one in new if (one.name, one.digest) not in known]
        if models:
            entities.remember(run, entities.MODEL_INPUTS, [one.model_id for one in models])
        self._told(run)

    def record_logged_model(self, run_id: str, mlflow_model: Any) -> None:
        """As MLflow's, for the models of its second version."""
        run = self._active(run_id)
        entities.remember(run, "mlflow.log-model.history", [mlflow_model.get_tags_dict()])
        self._told(run)

    # -- ours

    def run(self, run_id: str) -> OpenRun:
        """The run with that id: of this process, of another that still logs, or of a version.

        Raises
        ------
        MlflowException : there is none.
        """
        _validate_run_id(run_id)
        found = recorder().find(run_id)
        if found is None:
            past = self.past.find(run_id)
            if past is None:
                message = f"Run '{run_id}' not found"
                raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
            found = recorder().adopt(past)
        return found

    def _active(self, run_id: str) -> OpenRun:
        run = self.run(run_id)
        if entities.DELETED in run.tags:
            check_run_is_active(entities.run_info(run))
        return run

    def _named(self) -> list[str]:
        return names([*(run.tags for run in recorder().known()), *(run.tags for run in self.past.all())])

    def _all(self) -> Iterable[OpenRun]:
        mine = {run.id: run for run in recorder().known()}
        yield from mine.values()
        for run in self.past.all():
            if run.id not in mine:
                yield self.past.opened(run)

    def _log_metrics(self, run: OpenRun, metrics: Any) -> None:
        points = [(one.key, int(one.step), one.timestamp / _SECOND, float(one.value)) for one in metrics]
        try:
            recorder().add_points(run, points)
        except MlversionError as error:
            raise MlflowException(str(error), INVALID_PARAMETER_VALUE) from error
        self._note_metrics(run, metrics)

    def _log_params(self, run: OpenRun, params: Any) -> None:
        new: dict[str, Value] = {}
        for one in params:
            text = _text(one.value)
            before = entities.text_of(run.params[one.key]) if one.key in run.params else text
            if before != text:
                message = (f"Changing param values is not allowed. Param with key='{one.key}' was already logged with "
                           f"value='{before}' for run ID='{run.id}'. Attempted logging new value '{text}'.")
                raise MlflowException(message, INVALID_PARAMETER_VALUE)
            if one.key not in run.params:
                new[one.key] = text
        if new:
            run.params.update(new)
            run.params_told = False
            recorder().changed(run)

    def _tag(self, run: OpenRun, tag: Any) -> None:
        if tag.key == MLFLOW_RUN_NAME:
            run.name = _text(tag.value)
        if tag.key == MLFLOW_PARENT_RUN_ID:
            run.parent = _text(tag.value)
        self._mark(run, tag.key, _text(tag.value))

    def _mark(self, run: OpenRun, key: str, value: str) -> None:
        run.tags[key] = value
        self._told(run)

    @staticmethod
    def _told(run: OpenRun) -> None:
        run.told = False
        recorder().changed(run)


def _checked_batch(metrics: Any, params: Any, tags: Any) -> tuple[Any, Any, Any]:
    """MLflow's check; its older versions answer nothing."""
    checked = _validate_batch_log_data(metrics, params, tags)
    return checked if isinstance(checked, tuple) else (metrics, params, tags)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _keep_on_disk() -> None:
    """A process that no kernel extension told where to write: beside the versions of the folder that it works in."""
    from uuid import uuid4

    from jupyter_mlversion.config import FOLDER_NAME
    from jupyter_mlversion.repository.workspace import find_root

    try:
        root = find_root(Path.cwd())
    except (MlversionError, OSError):
        return
    recorder().attach(root / FOLDER_NAME / "metrics" / f"{uuid4().hex[:16]}.jsonl", makes=True)


