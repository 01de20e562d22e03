"""The ways in and out: runs of other tools become versions, and runs of versions go to an MLflow server."""

from __future__ import annotations

from jupyter_mlversion.exchange.found import FoundRun
from jupyter_mlversion.exchange.incoming import Imported, import_runs
from jupyter_mlversion.exchange.outgoing import Exported, export_runs
from jupyter_mlversion.exchange.sources import KINDS

__all__ = ["KINDS", "Exported", "FoundRun", "Imported", "export_runs", "import_runs"]
