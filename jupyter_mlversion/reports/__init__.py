"""Comparisons to be read elsewhere: a page, a sheet."""

from __future__ import annotations

from jupyter_mlversion.reports.make import report
from jupyter_mlversion.reports.page import Report, page
from jupyter_mlversion.reports.sheet import sheet

__all__ = ["Report", "page", "report", "sheet"]
