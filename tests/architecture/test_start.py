"""What starts often starts quickly: nothing heavy is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"git", "jupyter_server", "nbclient", "nbformat", "numpy", "pandas", "plotly", "watchdog"}


@pytest.mark.parametrize("module", ["jupyter_mlversion", "jupyter_mlversion.cli", "jupyter_mlversion.commands"])
def test_nothing_heavy_is_imported(module):
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "jupyter_mlversion" in loaded
    assert loaded & HEAVY == set()
