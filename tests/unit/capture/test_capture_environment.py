"""The environment of the process that asks, at little cost and without side effects."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from jupyter_mlversion.capture import environment


def test_it_describes_this_process(monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    found = environment.capture()
    assert found.python == platform.python_version()
    assert found.implementation == "CPython"
    assert found.packages["nbformat"] == version("nbformat")
    assert found.packages["jupyter-server"] == version("jupyter_server")
    assert list(found.packages) == sorted(found.packages)
    assert int(found.hardware["cores"]) == os.cpu_count()
    assert int(found.hardware["memory"]) > 10**8
    assert all(found.hardware.values())
    assert found.seeds["python hash"] == "7"


def test_the_second_time_takes_under_five_milliseconds():
    environment.capture()
    started = time.process_time()
    for _ in range(10):
        environment.capture()
    assert (time.process_time() - started) / 10 < 0.005


def test_what_is_installed_meanwhile_is_seen(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "brand-new" not in environment.capture().packages
    info = tmp_path / "Brand_New.Package-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Brand_New.Package\nVersion: 1.5\n")
    (tmp_path / "half_removed-1.0.dist-info").mkdir()
    os.utime(tmp_path, ns=(1, 1))  # its own time: the clock of the file system may be coarse
    assert environment.capture().packages["brand-new-package"] == "1.5"


def test_graphics_processors_are_listed_by_the_tool(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA A100'\necho 'NVIDIA T4'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    environment._gpus.cache_clear()
    assert environment.capture().hardware["gpus"] == "NVIDIA A100, NVIDIA T4"
    environment._gpus.cache_clear()


def test_a_tool_that_hangs_or_fails_costs_little(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\nexec sleep 60\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(environment, "_GPU_TIMEOUT", 0.1)
    environment._gpus.cache_clear()
    started = time.monotonic()
    assert "gpus" not in environment.capture().hardware
    assert time.monotonic() - started < 30
    environment._gpus.cache_clear()


def test_nothing_heavy_is_imported():
    code = ("import sys; from jupyter_mlversion.capture import environment; environment.capture(); "
            "print(sorted({'numpy', 'torch', 'pandas', 'nbformat', 'git', 'pathspec'} & set(sys.modules)))")
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                            cwd=Path(__file__).parents[3])
    assert answer.stdout.strip() == "[]"
