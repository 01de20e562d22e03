"""Parameters in the languages of kernels."""

from __future__ import annotations

import math

import nbformat
import pytest

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.execute.parameters import inject


def notebook(*tags, minor=5):
    cells = [nbformat.v4.new_code_cell(f"cell {place}") for place in range(len(tags))]
    for cell, tag in zip(cells, tags, strict=True):
        cell["metadata"] = {"tags": [tag]} if tag else {}
    node = nbformat.v4.new_notebook(cells=cells)
    node["nbformat_minor"] = minor
    return node


def sources(node):
    return [cell["source"] for cell in node["cells"]]


def test_below_the_defaults():
    node = notebook("", "parameters", "")
    inject(node, {"a": 1}, "python")
    assert sources(node) == ["cell 0", "cell 1", "# Parameters\na = 1", "cell 2"]
    assert node["cells"][2]["metadata"]["tags"] == ["injected-parameters"]
    nbformat.validate(node)


def test_at_the_top_without_defaults():
    node = notebook("", minor=4)
    del node["cells"][0]["id"]
    inject(node, {"a": 1}, "python")
    assert sources(node) == ["# Parameters\na = 1", "cell 0"]
    nbformat.validate(node)


def test_in_place_of_an_earlier_injection():
    node = notebook("parameters", "injected-parameters", "")
    inject(node, {"b": 2}, "python")
    assert sources(node) == ["cell 0", "# Parameters\nb = 2", "cell 2"]


def test_nothing_given_changes_nothing():
    node = notebook("parameters", "injected-parameters")
    inject(node, {}, "python")
    assert sources(node) == ["cell 0", "cell 1"]


@pytest.mark.parametrize(("value", "python", "bash", "r", "julia"), [
    ("it's", '"it\'s"', "'it'\"'\"'s'", '"it\'s"', '"it\'s"'),
    ("a $b", "'a $b'", "'a $b'", '"a $b"', '"a \\$b"'),
    (True, "True", "true", "TRUE", "true"),
    (None, "None", "None", "NULL", "nothing"),
    (1.5, "1.5", "1.5", "1.5", "1.5"),
    (math.inf, "float('inf')", "inf", "Inf", "Inf"),
])
def test_values_in_each_language(value, python, bash, r, julia):
    expected = {"python": f"x = {python}", "bash": f"x={bash}", "R": f"x = {r}", "julia": f"x = {julia}"}
    for language, text in expected.items():
        node = notebook("parameters")
        inject(node, {"x": value}, language)
        assert sources(node)[1] == f"# Parameters\n{text}"


@pytest.mark.parametrize("value", [0.1, -5, "a\n'\"\\\u00e9", True, None, math.nan, -math.inf])
def test_python_reads_back_what_was_given(value):
    node = notebook("parameters")
    inject(node, {"x": value}, "python")
    names = {}
    exec(sources(node)[1], names)
    assert repr(names["x"]) == repr(value)


@pytest.mark.parametrize("name", ["", "a b", "1a", "a;b", "a\nb", "import os; x"])
def test_names_that_cannot_be(name):
    with pytest.raises(UsageError):
        inject(notebook(), {name: 1}, "python")


def test_an_unknown_language():
    with pytest.raises(UsageError, match="'prolog'"):
        inject(notebook(), {"a": 1}, "prolog")
