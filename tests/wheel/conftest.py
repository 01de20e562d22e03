"""One wheel, built from a copy of the sources, for all tests of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD_OUTPUT = ("node_modules", ".venv", ".git", "dist", "build", "lib", "*.tsbuildinfo", "__pycache__", ".*_cache")


def copy_sources(target: Path) -> None:
    """Copy what Git knows or could know of; without Git, all but build output."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )
    if listed.returncode != 0:
        shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*BUILD_OUTPUT))
        shutil.rmtree(target / "jupyter_mlversion" / "labextension", ignore_errors=True)
        return
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel") / "sources"
    copy_sources(folder)
    return folder


@pytest.fixture(scope="session")
def wheel(sources: Path) -> Path:
    """The wheel as a release has it: built in isolation, front end included."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", sources.parent / "dist"],
        cwd=sources, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    [path] = (sources.parent / "dist").glob("*.whl")
    return path
