"""The two package descriptions agree, and name no host."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = tomllib.loads((ROOT / "pyproject.toml").read_text())
NODE = json.loads((ROOT / "package.json").read_text())


def test_versions_agree():
    assert PYTHON["project"]["version"] == NODE["version"]


def test_the_wheel_puts_the_front_end_where_jupyterlab_looks():
    shared = PYTHON["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared[NODE["jupyterlab"]["outputDir"]] == f"share/jupyter/labextensions/{NODE['name']}"


def test_the_lock_names_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"]
    named = {name for name, package in lock["packages"].items() if "resolved" in package and not package.get("link")}
    assert named == set()


def test_the_server_configuration_enables_the_extension():
    [path] = (ROOT / "jupyter-config" / "jupyter_server_config.d").iterdir()
    assert json.loads(path.read_text())["ServerApp"]["jpserver_extensions"] == {"jupyter_mlversion": True}


def test_commands_of_the_front_end_are_there():
    assert {"build", "build:prod", "lint", "test"} <= set(NODE["scripts"])
