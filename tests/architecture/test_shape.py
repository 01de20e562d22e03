"""Small files, short functions, sorted exports, telling names."""

from __future__ import annotations

import ast
import importlib
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "jupyter_mlversion").rglob("*.py"))
SCRIPTS = sorted(path for path in (ROOT / "labextension" / "src").rglob("*.ts*"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FILE = 150
MEDIAN_FUNCTION = 10
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function with the number of lines of its code: without decorators, signature and docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, (body[-1].end_lineno - body[0].lineno + 1) if body else 0


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_long(path):
    assert lines(path) <= LONGEST_FILE


def test_files_are_short():
    assert statistics.median(map(lines, MODULES)) <= MEDIAN_FILE


def test_no_function_is_long():
    long = [f"{path.relative_to(ROOT)}: {name} has {length}" for path in MODULES for name, length in functions(path)
            if length > LONGEST_FUNCTION]
    assert not long


def test_functions_are_short():
    assert statistics.median(length for path in MODULES for _, length in functions(path)) <= MEDIAN_FUNCTION


def test_names_say_what_a_file_is_about():
    assert not [path for path in [*MODULES, *SCRIPTS] if {path.stem.lower(), path.parent.name.lower()} & EMPTY_NAMES]


def exports(path: Path) -> list[str] | None:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return ast.literal_eval(node.value)
    return None


EXPORTING = [path for path in MODULES if exports(path) is not None]


@pytest.mark.parametrize("path", EXPORTING, ids=lambda path: str(path.relative_to(ROOT)))
def test_exports_exist_and_are_sorted(path):
    names = exports(path)
    assert names == sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    relative = path.relative_to(ROOT).with_suffix("")
    module = importlib.import_module(".".join(part for part in relative.parts if part != "__init__"))
    assert [name for name in names if not hasattr(module, name)] == []


def test_some_modules_export_something():
    assert EXPORTING
