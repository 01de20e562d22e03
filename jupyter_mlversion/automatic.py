"""Recording without a line of code: MLflow's autolog on our runs where MLflow is installed, our own where it is not."""

from __future__ import annotations

import importlib.util
from typing import Any

from jupyter_mlversion.errors import MissingPackage


def start(**options: Any) -> str:
    """Record what is trained from here on.

    Parameters
    ----------
    options : for ``mlflow.autolog``.

    Returns
    -------
    Who records now, and where, in a sentence.

    Raises
    ------
    MissingPackage : MLflow is not installed, and options for it were given or scikit-learn is missing too.
    """
    if importlib.util.find_spec("mlflow") is not None:
        from jupyter_mlversion.mlflow.setup import autolog

        autolog(options)
        return "MLflow and its autolog now log into the versions of this notebook."
    if options or importlib.util.find_spec("sklearn") is None:
        message = "autolog needs MLflow's client"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[mlflow]"')
    from jupyter_mlversion.callbacks.sklearn import record

    record()
    return "Each fit of scikit-learn is now recorded in the versions of this notebook."
