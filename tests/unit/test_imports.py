"""What a kernel pays for the extension when it starts."""

from __future__ import annotations

import json
import subprocess
import sys

import jupyter_mlversion

PROGRAM = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
import ipykernel.zmqshell
shell = InteractiveShell.instance()
before = set(sys.modules)
start = time.process_time()
import jupyter_mlversion
jupyter_mlversion.load_ipython_extension(shell)
shell._jupyter_mlversion_session.observer._watch.wait_ready(10)
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""
HEAVY = {
    "blake3", "git", "jupyter_server", "msgspec", "nbclient", "nbformat", "numpy", "pandas", "pathspec",
    "plotly", "sqlite3",
}


def start(folder):
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, cwd=folder)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_extension_starts_quickly_and_imports_nothing_heavy(tmp_path):
    runs = [start(tmp_path) for _ in range(3)]
    imported = {name.partition(".")[0] for name in runs[0]["modules"]}
    assert "jupyter_mlversion" in imported
    assert imported & HEAVY == set()
    assert min(run["seconds"] for run in runs) < 0.3


def test_the_public_names_are_there():
    assert jupyter_mlversion.__all__ == sorted(jupyter_mlversion.__all__)
    assert [name for name in jupyter_mlversion.__all__ if not getattr(jupyter_mlversion, name, None)] == []
