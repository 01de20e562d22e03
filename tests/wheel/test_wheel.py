"""What a user gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

DATA = "jupyter_mlversion-0.1.0.data/data"
EXTENSION = f"{DATA}/share/jupyter/labextensions/jupyter-mlversion"


@pytest.fixture(scope="session")
def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, JupyterLab, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    install = [folder / "bin/python", "-m", "pip", "install", "--quiet", wheel, "jupyterlab>=4.6.2"]
    subprocess.run(install, check=True, cwd=folder)
    return folder / "bin"


def test_the_built_front_end_is_in_it(content):
    built = json.loads(content[f"{EXTENSION}/package.json"])["jupyterlab"]["_build"]
    assert f"{EXTENSION}/{built['load']}" in content
    assert f"{EXTENSION}/install.json" in content
    assert [name for name in content if name.startswith(f"{EXTENSION}/schemas/")]


def test_the_front_end_is_not_in_it_twice(content):
    assert [name for name in content if name.startswith("jupyter_mlversion/labextension")] == []


def test_the_server_extension_is_enabled(content):
    [path] = [name for name in content if "jupyter_server_config.d" in name]
    assert path == f"{DATA}/etc/jupyter/jupyter_server_config.d/jupyter_mlversion.json"
    assert json.loads(content[path])["ServerApp"]["jpserver_extensions"]["jupyter_mlversion"] is True


def test_every_module_and_the_mark_of_types_are_in_it(content, sources):
    package = {str(path.relative_to(sources)) for path in (sources / "jupyter_mlversion").rglob("*.py")}
    assert package | {"jupyter_mlversion/py.typed"} <= set(content)


def test_no_tests_and_no_sources_of_the_front_end_are_in_it(content):
    assert [name for name in content if name.startswith(("tests/", "labextension/", "binder/", "benchmarks/"))] == []


def test_no_path_of_the_machine_is_in_it(content, sources):
    paths = [str(sources).encode(), sys.prefix.encode(), str(Path.home()).encode() + b"/"]
    assert [name for name, data in content.items() if any(path in data for path in paths)] == []


def test_the_licence_and_the_commands_are_in_it(content):
    names = "\n".join(content)
    assert "dist-info/licenses/LICENSE" in names
    [points] = [data.decode() for name, data in content.items() if name.endswith("entry_points.txt")]
    assert "mlversion = jupyter_mlversion.cli:main" in points
    assert "jupyter-mlversion = jupyter_mlversion.cli:main" in points


def lists(program: Path, *words: str) -> str:
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, cwd=program.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def about(listing: str, name: str) -> str:
    """The lines of a listing from the extension on to the next one."""
    return listing[listing.index(name):][:200]


def test_jupyter_says_that_the_server_extension_is_ok(installed):
    listing = lists(installed / "jupyter", "server", "extension", "list")
    assert "enabled" in about(listing, "jupyter_mlversion")
    assert "OK" in about(listing, "Validating jupyter_mlversion")


def test_jupyter_says_that_the_lab_extension_is_ok(installed):
    listing = lists(installed / "jupyter", "labextension", "list")
    line = next(line for line in listing.splitlines() if "jupyter-mlversion" in line)
    assert "enabled" in line
    assert "OK" in line


def test_the_command_line_works(installed, tmp_path):
    (tmp_path / "work").mkdir()
    assert json.loads(lists(installed / "mlversion", "init", str(tmp_path / "work"), "--json")) == {
        "workspace": str(tmp_path / "work")
    }
    assert "init" in lists(installed / "jupyter", "mlversion", "--help")


def test_the_panel_works_from_the_wheel(installed):
    environment = {**os.environ, "MLVERSION_TEST_PYTHON": str(installed / "python")}
    tests = Path(__file__).parents[1] / "browser" / "test_checkpoint_browser.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "browser", tests],
        capture_output=True, text=True, check=False, env=environment, cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
