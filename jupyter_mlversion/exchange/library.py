"""MLflow's client, where it is installed."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlversion.errors import MissingPackage


def mlflow_client(uri: str) -> Any:
    """A client of the server, file or folder at `uri`.

    Raises
    ------
    MissingPackage : MLflow is not installed.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        message = "MLflow's client is not installed"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[mlflow]"') from error
    return MlflowClient(tracking_uri=uri, registry_uri=uri)
