"""Lets MLflow's client use the store, whether its entry points are known or not."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlversion.mlflow import ARTIFACT_SCHEME, SCHEME


def use_store() -> None:
    """Make ``mlversion:`` MLflow's tracking URI, in this process and in those that it starts."""
    import mlflow
    from mlflow.store.artifact import artifact_repository_registry
    from mlflow.tracking._tracking_service import utils

    from jupyter_mlversion.mlflow.artifacts import Artifacts
    from jupyter_mlversion.mlflow.store import TrackingStore

    utils._tracking_store_registry.register(SCHEME, TrackingStore)  # noqa: SLF001 - as plug-ins that have no entry point do
    artifact_repository_registry._artifact_repository_registry.register(ARTIFACT_SCHEME, Artifacts)  # noqa: SLF001
    mlflow.set_tracking_uri(f"{SCHEME}:")
    os.environ["MLFLOW_TRACKING_URI"] = f"{SCHEME}:"


def autolog(options: dict[str, Any]) -> None:
    """Use the store, and let MLflow log whatever is trained from here on."""
    import mlflow

    use_store()
    mlflow.autolog(**options)
