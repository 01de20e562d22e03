"""MLflow's client on this project's runs: a tracking store under ``mlversion:``, and what it needs.

MLflow finds the store by its entry points, or is told of it by `jupyter_mlversion.autolog`. Modules of this folder
import MLflow; nothing else does, and nothing imports them before MLflow is wanted.
"""

SCHEME = "mlversion"
"""Of the tracking URI ``mlversion:``."""

ARTIFACT_SCHEME = "mlversion-artifacts"
"""Of the URIs of runs' artifacts: ``mlversion-artifacts:/RUN/PATH``."""

__all__ = ["ARTIFACT_SCHEME", "SCHEME"]
