"""Plotly descriptions, as plain dictionaries, of what versions hold."""

from __future__ import annotations

from jupyter_mlversion.figures.confusion import confusion_figure
from jupyter_mlversion.figures.history import history_figures
from jupyter_mlversion.figures.metrics import metric_figures, series_figures
from jupyter_mlversion.figures.pr import pr_curves, pr_figure
from jupyter_mlversion.figures.roc import roc_curves, roc_figure
from jupyter_mlversion.figures.splits import split_figures

__all__ = [
    "confusion_figure",
    "history_figures",
    "metric_figures",
    "pr_curves",
    "pr_figure",
    "roc_curves",
    "roc_figure",
    "series_figures",
    "split_figures",
]
