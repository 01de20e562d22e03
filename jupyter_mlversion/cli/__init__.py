"""The command line: ``mlversion …`` and ``jupyter mlversion …``."""

from jupyter_mlversion.cli.main import main

__all__ = ["main"]
