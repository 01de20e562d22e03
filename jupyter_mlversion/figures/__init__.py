"""Plotly descriptions, as plain dictionaries, of what versions hold."""

from __future__ import annotations

from jupyter_mlversion.figures.history import history_figures
from jupyter_mlversion.figures.metrics import metric_figures
from jupyter_mlversion.figures.splits import split_figures

__all__ = ["history_figures", "metric_figures", "split_figures"]
