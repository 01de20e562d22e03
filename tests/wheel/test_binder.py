"""What Binder does with our files, in a fresh virtual environment: install, check, run the demo."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

MEMORY = 2 * 2**30  # bytes that Binder gives


@pytest.fixture(scope="module")
def environment(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a shell in the environment that ``binder/`` describes."""
    folder = tmp_path_factory.mktemp("binder")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    install = [programs / "python", "-m", "pip", "install", "--quiet", "-r", "binder/requirements.txt"]
    subprocess.run(install, check=True, cwd=sources)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "VIRTUAL_ENV": str(folder)}


def test_post_build_is_content(sources: Path, environment: dict[str, str]) -> None:
    subprocess.run(["binder/postBuild"], check=True, cwd=sources, env=environment)


def test_post_build_fails_without_the_panel(sources: Path, environment: dict[str, str], tmp_path: Path) -> None:
    without = {**environment, "JUPYTERLAB_SETTINGS_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    assert subprocess.run(["binder/postBuild"], check=False, cwd=sources, env=without).returncode != 0


def test_the_demo_makes_its_versions(sources: Path, environment: dict[str, str]) -> None:
    demo = sources / "binder" / "demo"
    program = (
        "import json, resource, subprocess, sys\n"
        "words = ['mlversion', '-C', sys.argv[1], 'execute', 'digits.ipynb', '--json']\n"
        "done = subprocess.run(words, capture_output=True)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024\n"
        "print(json.dumps({'code': done.returncode, 'answer': json.loads(done.stdout), 'peak': peak}))"
    )
    subprocess.run(["mlversion", "init", demo], check=True, env=environment, capture_output=True)
    run = subprocess.run(["python", "-c", program, demo], check=True, env=environment, capture_output=True)
    found = json.loads(run.stdout)
    assert found["code"] == 0
    messages = [version["message"] for version in found["answer"]["versions"]]
    assert messages == ["Train the network", "Accuracy of each digit"]
    assert found["peak"] < MEMORY
