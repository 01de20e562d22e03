"""The server extension: the HTTP API under ``/mlversion/api``, and the events."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What the Jupyter server loads when its configuration enables ``jupyter_mlversion.server``."""
    # Here, so that importing this package costs a kernel or the command line nothing.
    from jupyter_mlversion.server.extension import MlversionApp

    return [{"module": "jupyter_mlversion.server", "app": MlversionApp}]
