"""The two package descriptions agree, and name no host."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import sys
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


OF_OTHERS = ROOT / "jupyter_mlversion" / "callbacks"
"""The folder of classes that derive from another library's: a file is imported only by who has the library."""

OF_MLFLOW = ROOT / "jupyter_mlversion" / "mlflow"
"""The same for MLflow, which an extra brings."""


def normal(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def imported(path: Path, *, at_once: bool = False) -> set[str]:
    """What a file imports; `at_once`: what it imports when it is imported itself."""
    tree = ast.parse(path.read_text())
    found = set()
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def undeclared(lines: list[str], *, at_once: bool) -> list[str]:
    """Imported modules that belong to none of the distributions that `lines` ask for."""
    declared = {normal(re.match(r"[\w.-]+", line)[0]) for line in lines}
    passed_over = {OF_OTHERS, OF_MLFLOW} if at_once else {OF_OTHERS}
    paths = [path for path in (ROOT / "jupyter_mlversion").rglob("*.py") if path.parent not in passed_over]
    modules = set().union(*(imported(path, at_once=at_once) for path in paths))
    foreign = modules - sys.stdlib_module_names - {"jupyter_mlversion"}
    distributions = importlib.metadata.packages_distributions()
    homes = {module: distributions.get(module, [module]) for module in foreign}
    return [module for module, names in homes.items() if not {normal(name) for name in names} & declared]


def test_everything_that_is_imported_is_declared():
    project = PYTHON["project"]
    extras = project["optional-dependencies"]
    of_users = [line for name in extras.keys() - {"demo", "lint", "test", "test-heavy"} for line in extras[name]]
    assert undeclared(project["dependencies"], at_once=True) == []
    assert undeclared([*project["dependencies"], *of_users], at_once=False) == []
