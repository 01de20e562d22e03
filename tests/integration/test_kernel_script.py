"""Checkpoints of plain Python processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from jupyter_mlversion.domain.version import Document, Trigger
from jupyter_mlversion.repository import Repository

SCRIPT = """
import jupyter_mlversion as mlversion
mlversion.log_params(depth=3)
for step in range(3):
    mlversion.log(loss=1 / (step + 1))
train, test = mlversion.split(10)
open("model.bin", "w").write("weights")
{extra}
mlversion.checkpoint("from a script")
print("IPython" in __import__("sys").modules)
"""


def run(folder, extra=""):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(extra=extra)], cwd=folder, check=True, capture_output=True, text=True
    )
    (version,) = Repository.open(folder).log()
    return version, done.stdout


def test_a_script_makes_a_version_of_the_workspace(tmp_path):
    (tmp_path / "data.csv").write_text("1")
    version, said = run(tmp_path)
    assert said == "False\n"
    assert (version.trigger, version.document, version.line) == (Trigger.API, Document.NONE, "workspace")
    assert version.message == "from a script"
    assert version.metrics == {"loss": 1 / 3}
    assert version.params == {"depth": 3}
    snapshot = Repository.open(tmp_path).show(version.id).snapshot
    assert {artifact.path for artifact in snapshot.artifacts} == {"data.csv", "model.bin"}
    assert [part.size for part in snapshot.splits[0].parts] == [8, 2]


def test_tracked_patterns_only(tmp_path):
    (tmp_path / "data.csv").write_text("1")
    version, _ = run(tmp_path, "mlversion.track('*.bin')")
    snapshot = Repository.open(tmp_path).show(version.id).snapshot
    assert {artifact.path for artifact in snapshot.artifacts} == {"model.bin"}


def test_ipython_in_a_terminal(tmp_path):
    (tmp_path / "mlversion.toml").write_text("join_timeout = 300\n")
    code = "%load_ext jupyter_mlversion\nopen('m', 'w').write('1')\n%mlversion checkpoint -m 'from a terminal'\nexit\n"
    subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner"], cwd=tmp_path, input=code, check=True,
        capture_output=True, text=True,
    )
    left = hashlib.sha256(os.fsencode(os.path.realpath(tmp_path))).hexdigest()[:16]
    assert not Path(jupyter_runtime_dir(), "mlversion", left).exists()
    repository = Repository.open(tmp_path)
    (version,) = repository.log()
    assert (version.message, version.notebook, version.trigger) == ("from a terminal", None, Trigger.MAGIC)
    assert {artifact.path for artifact in repository.show(version.id).snapshot.artifacts} == {"m"}
