"""MLflow's client, where it is installed."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlversion.errors import InvalidInput, MissingPackage

_SETTINGS = ("MLFLOW_ALLOW_FILE_STORE", "MLFLOW_DISABLE_TELEMETRY", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT")
"""Folders of MLflow's are read, nobody is told of it, and our answers alone are printed."""


def mlflow_client(uri: str) -> Any:
    """A client of the server, file or folder at `uri`.

    Raises
    ------
    MissingPackage : MLflow is not installed.
    InvalidInput : it cannot use the address.
    """
    for name in _SETTINGS:
        os.environ.setdefault(name, "true")
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        message = "MLflow's client is not installed"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[mlflow]"') from error
    try:
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    except Exception as error:  # MLflow has several for an address that it cannot use
        message = f"MLflow cannot use {uri}: {error}"
        raise InvalidInput(message, hint="Give the address of a server, such as http://localhost:5000.") from error
