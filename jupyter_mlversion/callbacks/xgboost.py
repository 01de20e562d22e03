"""XGBoost: ``xgboost.train(…, evals=[…], callbacks=[Callback()])``, or an estimator's ``callbacks=``."""

from __future__ import annotations

import json
from typing import Any

import xgboost

from jupyter_mlversion.tracking import recorder


class Callback(xgboost.callback.TrainingCallback):  # type: ignore[misc]  # its types are not always there
    """Logs each metric of each data set after each round, and the parameters."""

    def __init__(self) -> None:
        super().__init__()
        self._run = recorder().current()

    def before_training(self, model: Any) -> Any:
        """XGBoost calls it."""
        learner = json.loads(model.save_config())["learner"] if hasattr(model, "save_config") else {}
        kinds = ("gradient_booster", "learner_model_param", "learner_train_param", "generic_param")
        settings = {name: value for kind in kinds for name, value in _leaves(learner.get(kind, {}))}
        recorder().add_params(settings, self._run)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """XGBoost calls it; False: it goes on."""
        del model
        values = {f"{data}/{metric}": points[-1] for data, metrics in evals_log.items()
                  for metric, points in metrics.items()}
        plain = {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}
        recorder().add(plain, epoch, self._run)
        return False


def _leaves(tree: Any) -> list[tuple[str, Any]]:
    """The settings in XGBoost's description of itself, at any depth."""
    if not isinstance(tree, dict):
        return []
    return [pair for name, value in tree.items()
            for pair in (_leaves(value) if isinstance(value, dict) else [(name, value)])]
