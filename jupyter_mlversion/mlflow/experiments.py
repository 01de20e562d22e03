"""MLflow's experiments: names that runs have."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any

from mlflow.entities import Experiment, LifecycleStage, ViewType
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.search_utils import SearchExperimentsUtils
from mlflow.utils.validation import _validate_experiment_name

from jupyter_mlversion.mlflow import ARTIFACT_SCHEME
from jupyter_mlversion.mlflow.entities import DEFAULT, EXPERIMENT, experiment_id, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST = 50_000
"""Results of a search that MLflow allows to be asked for."""


class Experiments:
    """The experiments that this process made, and those that runs name.

    Parameters
    ----------
    named : gives the experiments' names that runs have.
    """

    def __init__(self, named: Callable[[], Iterable[str]]) -> None:
        self._named = named
        self._made: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._new(DEFAULT)

    def all(self) -> list[Any]:
        """Every experiment."""
        for name in set(self._named()):
            if experiment_id(name) not in self._made:
                self._new(name)
        return list(self._made.values())

    def get(self, id_: str | None) -> Any:
        """The experiment with that id.

        Raises
        ------
        MlflowException : there is none.
        """
        wanted = "0" if id_ is None else str(id_)
        found = self._made.get(wanted) or next((one for one in self.all() if one.experiment_id == wanted), None)
        if found is None:
            message = f"No Experiment with id={wanted} exists"
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        return found

    def active(self, id_: str | None) -> Any:
        """As `get`, of one that is not deleted."""
        found = self.get(id_)
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            message = (f"The experiment {found.experiment_id} must be in the 'active' state. Current state is "
                       f"{found.lifecycle_stage}.")
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        return found

    def by_name(self, name: str) -> Any:
        """The experiment of that name, deleted ones included, or None."""
        return next((one for one in self.all() if one.name == name), None)

    def create(self, name: str, location: str | None, tags: Iterable[Any]) -> str:
        """A new experiment's id.

        Raises
        ------
        MlflowException : the name cannot be, or is taken.
        """
        _validate_experiment_name(name)
        self._free(name)
        made = self._new(name, location)
        for tag in tags:
            made._add_tag(tag)  # noqa: SLF001 - as MLflow's own stores do
        return str(made.experiment_id)

    def rename(self, id_: str, name: str) -> None:
        """Give an experiment another name, in this process; its runs keep the one that it was made with."""
        _validate_experiment_name(name)
        found = self.active(id_)
        self._free(name)
        found._set_name(name)  # noqa: SLF001
        self._touch(found)

    def name_of(self, experiment: Any) -> str:
        """The name that an experiment was made with, from which its id follows."""
        return self._names[experiment.experiment_id]

    def delete(self, id_: str, *, back: bool = False) -> None:
        """Mark an experiment as deleted, or as not."""
        found = self.get(id_)
        wanted = LifecycleStage.DELETED if back else LifecycleStage.ACTIVE
        if found.name == DEFAULT:
            message = f"Cannot delete the default experiment '{id_}'. This is an internally reserved experiment."
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        if found.lifecycle_stage != wanted:
            message = f"Could not find {wanted} experiment with ID {id_}"
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        found._lifecycle_stage = LifecycleStage.ACTIVE if back else LifecycleStage.DELETED  # noqa: SLF001
        self._touch(found)

    def search(self, view: int, most: Any, words: str | None, order: Any, page: str | None) -> Any:
        """MLflow's search, by its own utilities."""
        if not isinstance(most, int) or not 0 < most <= MOST:
            message = f"Invalid value {most} for parameter 'max_results' supplied. It must be at most {MOST}"
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        stages = LifecycleStage.view_type_to_stages(ViewType.ACTIVE_ONLY if view is None else view)
        seen = [one for one in self.all() if one.lifecycle_stage in stages]
        found = SearchExperimentsUtils.sort(SearchExperimentsUtils.filter(seen, words),
                                            order or ["creation_time DESC", "experiment_id ASC"])
        return PagedList(*SearchExperimentsUtils.paginate(found, page, most))

    def _free(self, name: str) -> None:
        taken = self.by_name(name)
        if taken is not None:
            deleted = taken.lifecycle_stage == LifecycleStage.DELETED
            message = f"Experiment '{name}' already exists{' in deleted state' if deleted else ''}."
            raise MlflowException(message, RESOURCE_ALREADY_EXISTS)

    def _new(self, name: str, location: str | None = None) -> Any:
        now = milliseconds(time())
        id_ = experiment_id(name)
        self._names[id_] = name
        self._made[id_] = Experiment(id_, name, location or f"{ARTIFACT_SCHEME}:/", LifecycleStage.ACTIVE, [],
                                     creation_time=now, last_update_time=now)
        return self._made[id_]

    @staticmethod
    def _touch(one: Any) -> None:
        one._set_last_update_time(milliseconds(time()))  # noqa: SLF001


def names(tags: Iterable[dict[str, str]]) -> list[str]:
    """The experiments that runs name."""
    return [one[EXPERIMENT] for one in tags if EXPERIMENT in one]
