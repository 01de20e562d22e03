"""Charts of metrics: what is drawn, of which versions, over what; descriptions for Plotly."""

from __future__ import annotations

from jupyter_mlversion.figures.charts.chart import Chart, chart
from jupyter_mlversion.figures.charts.options import Options
from jupyter_mlversion.figures.charts.shelf import Shelf
from jupyter_mlversion.figures.charts.source import Source, Subject, of_open, source_of
from jupyter_mlversion.figures.charts.table import table

__all__ = ["Chart", "Options", "Shelf", "Source", "Subject", "chart", "of_open", "source_of", "table"]
