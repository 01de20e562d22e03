"""Commands as magics run them: answer and text, nothing printed."""

from __future__ import annotations

import argparse
import subprocess
import sys

import nbformat
import pytest

from jupyter_mlversion.commands import COMMANDS, MAGICS, call
from jupyter_mlversion.commands.execute import parameter
from jupyter_mlversion.commands.log import positive
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import NotFound, UsageError
from jupyter_mlversion.repository import Repository


@pytest.fixture
def workspace(tmp_path):
    repository = Repository.open(tmp_path, create=True)
    for name, message in (
        ("a", "message a"),
        ("b", "earlier"),
        ("b", "message b"),
    ):  # b's is newest even in the same second
        write_notebook(tmp_path / f"{name}.ipynb", message)
        repository.checkpoint(f"{name}.ipynb", message, trigger=Trigger.API)
    return tmp_path


def write_notebook(path, source):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id=f"cell-{path.stem}")]), path)


def test_every_command_is_listed_under_its_name():
    assert {name: command.name for name, command in COMMANDS.items()} == {name: name for name in COMMANDS}
    assert set(MAGICS) == {name for name, command in COMMANDS.items() if command.magic}
    assert len(COMMANDS) > len(MAGICS) > 0
    assert "nonsense" not in COMMANDS


def test_a_command_is_imported_without_the_others(tmp_path):
    script = ("import sys; from jupyter_mlversion.cli import main; main(['status'])\n"
              "print([name for name in sys.modules if name.startswith('jupyter_mlversion.commands.re')])")
    told = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_nothing_is_printed(workspace, capfd):
    result = call(["log"], workspace)
    assert {version["message"] for version in result.answer} == {"message b", "message a", "earlier"}
    assert "message a" in result.text
    assert capfd.readouterr() == ("", "")


def test_a_log_fits_the_output_of_a_cell(workspace):
    write_notebook(workspace / "a.ipynb", "other")
    Repository.open(workspace).checkpoint("a.ipynb", "long " * 50, trigger=Trigger.API)
    lines = call(["log"], workspace, notebook=str(workspace / "a.ipynb")).text.splitlines()
    assert [len(line) <= 100 for line in lines] == [True, True]
    assert "long lo…  " in lines[0]


def test_the_notebook_that_asks_is_meant(workspace):
    notebook = str(workspace / "a.ipynb")
    assert [version["message"] for version in call(["log"], workspace, notebook=notebook).answer] == ["message a"]
    assert call(["show", "HEAD"], workspace, notebook=notebook).answer["notebook"] == "a.ipynb"
    assert call(["show", "HEAD"], workspace).answer["notebook"] == "b.ipynb"
    words = ["show", "HEAD", "--notebook", "b.ipynb"]
    assert call(words, workspace, notebook=notebook).answer["notebook"] == "b.ipynb"


def test_a_restore_in_a_cell(workspace):
    old = (workspace / "a.ipynb").read_bytes()
    write_notebook(workspace / "a.ipynb", "other")
    result = call(["restore", "HEAD", "a.ipynb"], workspace, notebook=str(workspace / "a.ipynb"))
    assert result.answer["restored"] is True
    assert (workspace / "a.ipynb").read_bytes() == old


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["log", "-C", "x"], *([name] for name in set(COMMANDS) - set(MAGICS))]
)
def test_wrong_words_are_a_usage_error(words, workspace):
    with pytest.raises(UsageError) as caught:
        call(words, workspace)
    assert caught.value.hint.startswith("Usage: %mlversion")


def test_help_is_text(workspace):
    assert "VERSION" in call(["show", "--help"], workspace).text


def test_failures_are_the_typed_ones(tmp_path):
    with pytest.raises(NotFound):
        call(["log"], tmp_path)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("n=3", 3),
        ("n=0.5", 0.5),
        ("n=true", True),
        ("n=null", None),
        ('n="3"', "3"),
        ("n=forest", "forest"),
        ("n=", ""),
        ("n=a=b", "a=b"),
        ("n=[1]", "[1]"),
        ("n={}", "{}"),
        ("n=1e400", float("inf")),
    ],
)
def test_parameters(written, value):
    name, read = parameter(written)
    assert (name, read, type(read)) == ("n", value, type(value))


@pytest.mark.parametrize("written", ["n", "=3", "a b=3", "1n=3", ""])
def test_wrong_parameters(written):
    with pytest.raises(argparse.ArgumentTypeError):
        parameter(written)


@pytest.mark.parametrize("written", ["0", "-1", "x", "", "1.5", "²"])
def test_wrong_numbers(written):
    with pytest.raises(argparse.ArgumentTypeError):
        positive(written)
