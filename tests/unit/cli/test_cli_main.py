"""Exit codes, and which stream says what."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys

import pytest

from jupyter_mlversion.cli import main
from jupyter_mlversion.cli.output import print_json, print_text, wants_colour
from jupyter_mlversion.commands import COMMANDS


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_is_an_answer(capsys):
    assert main(["--help"]) == 0
    output = capsys.readouterr()
    assert all(name in output.out for name in COMMANDS)
    assert output.err == ""


def test_a_checkpoint_of_what_did_not_change_imports_little(tmp_path):
    (tmp_path / "mlversion.toml").write_text('track = ["*.csv"]')
    (tmp_path / "a.csv").write_text("1\n")
    script = ("import sys; from jupyter_mlversion.cli import main; main(['checkpoint'])\n"
              "print(*sys.modules)")
    for _ in range(2):
        told = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("Nothing has changed"), told.stdout[:300]
    costly = {"zipfile", "hashlib", "concurrent.futures", "ctypes", "difflib", "git", "numpy", "asyncio",
              *(f"jupyter_mlversion.{name}" for name in (
                  "domain.comparison", "domain.difference", "domain.plan", "figures", "splits", "jobs", "execute",
                  "store.plan.kinds", "repository.restoring", "restore", "mlflow", "server", "kernel"))}
    assert costly & {*told.stdout.split()} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    assert main([name, "--help"]) == 0
    help_text = " ".join(capsys.readouterr().out.split())
    for argument in COMMANDS[name].arguments:
        assert argument.meaning in help_text


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"jupyter_mlversion {importlib.metadata.version('jupyter_mlversion')}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["log", "-n", "0"],
        ["log", "--nonsense"],
        ["delete"],
        ["execute", "a.ipynb", "--param", "x"],
        ["execute", "a.ipynb", "--param", "1x=2"],
        ["restore"],
        ["log", "--js"],
    ],
)
def test_wrong_usage_is_2_and_silent_on_standard_output(words, capsys):
    assert main(words) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "Usage: mlversion" in output.err


def test_wrong_usage_in_json_is_the_one_document(capsys):
    assert main(["log", "-n", "many", "--json"]) == 2
    output = capsys.readouterr()
    assert json.loads(output.out)["error"]["kind"] == "usage-error"
    assert "mlversion: " in output.err


def test_a_clear_failure_is_1(capsys):
    assert main(["log"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "there are no versions" in output.err
    assert "mlversion init" in output.err


def test_a_clear_failure_in_json_is_the_one_document(capsys):
    assert main(["log", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert set(error) == {"kind", "message", "hint"}
    assert error["kind"] == "not-found"


def test_a_folder_that_is_not_there(capsys):
    assert main(["-C", "nowhere", "status"]) == 1
    assert "there is no folder nowhere" in capsys.readouterr().err


def test_a_notebook_that_is_not_there_makes_no_workspace(folder, capsys):
    assert main(["checkpoint", "missing.ipynb"]) == 1
    assert "there is no notebook missing.ipynb" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("words", [["-C", "inner", "init"], ["init", "-C", "inner"], ["init", "inner"]])
def test_the_folder_can_be_named_before_and_after_the_command(words, folder, capsys):
    (folder / "inner").mkdir()
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"workspace": str(folder / "inner")}


def test_init_makes_the_named_folder_a_workspace_even_inside_another(folder, capsys):
    assert main(["init"]) == 0
    assert main(["init", "new/inner", "--json"]) == 0
    assert f'"workspace": "{folder / "new/inner"}"' in capsys.readouterr().out
    assert (folder / "new/inner/.mlversion/format.json").exists()


def test_init_refuses_a_home_folder(folder, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(folder))
    assert main(["init", "."]) == 1
    assert "home folder" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_init_twice_is_once(folder, capsys):
    assert main(["init"]) == 0
    before = sorted(path.name for path in (folder / ".mlversion").iterdir())
    assert main(["init"]) == 0
    assert sorted(path.name for path in (folder / ".mlversion").iterdir()) == before
    assert capsys.readouterr().out == f"The workspace is {folder}\n" * 2


@pytest.mark.skipif(shutil.which("git") is None, reason="asserts what is said where Git is installed")
def test_doctor_needs_no_workspace(capsys):
    assert main(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {"what": "git is installed", "advice": "", "ok": True} in findings
    assert [finding for finding in findings if "no versions yet" in finding["what"] and finding["advice"]]


def test_json_is_utf_8_and_survives_odd_file_names(capfdbinary):
    print_json({"path": "schön \udcff", "loss": float("nan")})
    written = capfdbinary.readouterr().out
    assert "schön".encode() in written
    assert json.loads(written) == {"path": "schön \udcff", "loss": "NaN"}


def test_text_survives_odd_file_names(capsys):
    print_text("schön \udcff")
    assert capsys.readouterr().out == "schön \\udcff\n"


class Terminal:
    def isatty(self):
        return True


def test_colours_follow_the_terminal_and_the_user(monkeypatch, tmp_path):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal())
    with (tmp_path / "file").open("w") as file:
        assert not wants_colour(file)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())
