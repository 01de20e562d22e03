"""Notebooks run headless, in their own kernels, with a version per tagged cell."""

from jupyter_mlversion.execute.executed import Executed
from jupyter_mlversion.execute.notebook import execute_notebook

__all__ = ["Executed", "execute_notebook"]
