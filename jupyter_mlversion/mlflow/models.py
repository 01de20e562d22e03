"""The models of MLflow 3 belong to runs: what describes them is in tags of the run, their files among its files."""

from __future__ import annotations

import json
import uuid
from time import time
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.utils.name_utils import _generate_random_name
from mlflow.utils.validation import _validate_param, _validate_tag_name

from jupyter_mlversion.mlflow import ARTIFACT_SCHEME
from jupyter_mlversion.mlflow.entities import (
    MODEL_OUTPUTS,
    OURS,
    milliseconds,
    remember,
)
from jupyter_mlversion.tracking import OpenRun, recorder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX = f"{OURS}model."
"""Of the tags that describe a model; what follows is its id."""

Plain = dict[str, Any]


class Models:
    """The part of the store that is about models; a part of `TrackingStore`."""

    def create_logged_model(self, experiment_id: str = "0", name: str | None = None, source_run_id: str | None = None,
                            tags: Any = None, params: Any = None, model_type: str | None = None) -> Any:
        """A model of its run; without one, of what the cell logs by itself."""
        from mlflow.utils.validation import _validate_logged_model_name

        _validate_logged_model_name(name)
        for param in params or []:
            _validate_param(param.key, param.value)
        run = self.run(source_run_id) if source_run_id else recorder().current()
        now = milliseconds(time())
        id_ = f"m-{uuid.uuid4().hex}"
        model: Plain = {
            "experiment_id": str(experiment_id), "model_id": id_, "name": name or _generate_random_name(),
            "artifact_location": f"{ARTIFACT_SCHEME}:/{run.id}/models/{id_}", "creation_timestamp": now,
            "last_updated_timestamp": now, "model_type": model_type, "source_run_id": source_run_id,
            "status": "PENDING", "tags": {tag.key: _text(tag.value) for tag in tags or []},
            "params": {param.key: _text(param.value) for param in params or []}, "metrics": [],
        }
        self._keep(run, model)
        return _entity(model)

    def log_logged_model_params(self, model_id: str, params: Any) -> None:
        """As MLflow's."""
        for param in params or []:
            _validate_param(param.key, param.value)
        run, model = self._model(model_id)
        model["params"].update({param.key: _text(param.value) for param in params or []})
        self._keep(run, model)

    def finalize_logged_model(self, model_id: str, status: Any) -> Any:
        """As MLflow's."""
        run, model = self._model(model_id)
        model["status"] = str(status.value)
        self._keep(run, model)
        return _entity(model)

    def set_logged_model_tags(self, model_id: str, tags: Any) -> None:
        """As MLflow's."""
        for tag in tags:
            _validate_tag_name(tag.key)
        run, model = self._model(model_id)
        model["tags"].update({tag.key: _text(tag.value) for tag in tags})
        self._keep(run, model)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """As MLflow's."""
        run, model = self._model(model_id)
        if key not in model["tags"]:
            message = f"No tag with key {key!r} found for model with ID {model_id!r}."
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        del model["tags"][key]
        self._keep(run, model)

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> Any:  # noqa: FBT002 - MLflow's signature
        """As MLflow's."""
        return _entity(self._model(model_id, deleted=allow_deleted)[1])

    def delete_logged_model(self, model_id: str) -> None:
        """As MLflow's: it is marked."""
        run, model = self._model(model_id)
        model["deleted"] = True
        self._keep(run, model)

    def search_logged_models(
        self, experiment_ids: Any, filter_string: str | None = None, datasets: Any = None,
        max_results: int | None = None, order_by: Any = None, page_token: str | None = None,
    ) -> Any:
        """MLflow's search, by its own utilities."""
        from mlflow.store.entities.paged_list import PagedList
        from mlflow.store.tracking import SEARCH_LOGGED_MODEL_MAX_RESULTS_DEFAULT
        from mlflow.utils.search_utils import SearchLoggedModelsUtils as Search

        if datasets and not all(one.get("dataset_name") for one in datasets):
            message = "`dataset_name` in the `datasets` clause must be specified."
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        wanted = {str(one) for one in experiment_ids}
        seen = [_entity(model) for _, model in self._models() if model["experiment_id"] in wanted and not _gone(model)]
        found = Search.sort(Search.filter_logged_models(seen, filter_string, datasets), order_by)
        most = max_results or SEARCH_LOGGED_MODEL_MAX_RESULTS_DEFAULT
        return PagedList(*Search.paginate(found, page_token, most))

    def log_outputs(self, run_id: str, models: Any) -> None:
        """As MLflow's: models that a run made."""
        run = self.run(run_id)
        remember(run, MODEL_OUTPUTS, [[one.model_id, one.step] for one in models or []])
        self._tell(run)

    def run(self, run_id: str) -> OpenRun:
        """See `TrackingStore`."""
        raise NotImplementedError

    def _all(self) -> Iterable[OpenRun]:
        raise NotImplementedError

    def _note_metrics(self, run: OpenRun, metrics: Any) -> None:
        """Metrics that were said to be a model's are that model's too."""
        for one in metrics:
            model_id = getattr(one, "model_id", None)
            if model_id is not None:
                of, model = self._model(model_id)
                point = {"key": one.key, "value": repr(float(one.value)), "timestamp": one.timestamp, "step": one.step,
                         "model_id": model_id, "run_id": run.id, "dataset_name": one.dataset_name,
                         "dataset_digest": one.dataset_digest}
                same = ("key", "dataset_name", "dataset_digest", "run_id")
                others = [each for each in model["metrics"] if any(each[name] != point[name] for name in same)]
                model["metrics"] = [*others, point]
                self._keep(of, model)

    def _models(self) -> Iterator[tuple[OpenRun, Plain]]:
        for run in self._all():
            for tag, value in list(run.tags.items()):
                if tag.startswith(PREFIX):
                    yield run, json.loads(value)

    def _model(self, model_id: str, *, deleted: bool = False) -> tuple[OpenRun, Plain]:
        tag = f"{PREFIX}{model_id}"
        runs = [run for run in recorder().known() if tag in run.tags] or [run for run in self._all() if tag in run.tags]
        model = json.loads(runs[0].tags[tag]) if runs else {"deleted": True}
        if not runs or (_gone(model) and not deleted):
            message = f"Logged model with ID '{model_id}' not found."
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        return recorder().adopt(runs[0]), model

    def _keep(self, run: OpenRun, model: Plain) -> None:
        model["last_updated_timestamp"] = milliseconds(time())
        run.tags[f"{PREFIX}{model['model_id']}"] = json.dumps(model)
        self._tell(run)

    @staticmethod
    def _tell(run: OpenRun) -> None:
        run.told = False
        recorder().changed(run)



def _gone(model: Plain) -> bool:
    return bool(model.get("deleted"))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _entity(model: Plain) -> Any:
    from mlflow.entities import LoggedModel, LoggedModelParameter, LoggedModelStatus, LoggedModelTag, Metric

    spelled = {"status", "tags", "params", "metrics", "deleted"}
    told = {name: value for name, value in model.items() if name not in spelled}
    return LoggedModel(
        **told, status=LoggedModelStatus(model["status"]),
        tags=[LoggedModelTag(key, value) for key, value in model["tags"].items()],
        params=[LoggedModelParameter(key, value) for key, value in model["params"].items()],
        metrics=[Metric(**{**one, "value": float(one["value"])}) for one in model["metrics"]] or None,
    )
