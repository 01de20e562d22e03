"""The command line as people and scripts use it: real processes on a real folder."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

MLVERSION = (sys.executable, "-m", "jupyter_mlversion")


class Shell:
    """Runs ``mlversion`` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*MLVERSION, *words], cwd=self.folder, capture_output=True, text=True, check=False, **options
        )

    def json(self, *words: str, code: int = 0):
        done = self.run(*words, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def text(self, *words: str) -> str:
        done = self.run(*words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path)


def write_notebook(path: Path, *sources: str) -> None:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    nbformat.write(notebook, path)


def test_the_whole_way_there_and_back(shell, tmp_path):
    notebook, data = tmp_path / "digits.ipynb", tmp_path / "data.csv"
    write_notebook(notebook, "import pandas", "frame = pandas.read_csv('data.csv')")
    data.write_bytes(b"a,b\n1,2\n")
    old_notebook, old_data = notebook.read_bytes(), data.read_bytes()

    assert shell.json("init") == {"workspace": str(tmp_path)}
    first = shell.json("checkpoint", "digits.ipynb", "-m", "first ☃")
    assert set(first) == {"version", "unchanged", "seconds", "bytes_new", "note"}
    assert first["unchanged"] is False
    assert first["version"]["message"] == "first ☃"
    assert first["version"]["trigger"] == "cli"
    assert first["version"]["document"] == "as-saved"

    again = shell.json("checkpoint", "digits.ipynb")
    assert (again["version"], again["unchanged"]) == (None, True)

    write_notebook(notebook, "import pandas", "frame = pandas.read_csv('data.csv')", "frame.mean()")
    data.write_bytes(b"a,b\n3,4\n")
    status = shell.json("status")
    assert status["workspace"] == str(tmp_path)
    assert {item["path"]: item["change"] for item in status["changed"]} == {
        "data.csv": "modified",
        "digits.ipynb": "modified",
    }
    assert [line["head"] for line in status["lines"]] == [first["version"]["id"]]
    second = shell.json("checkpoint", "digits.ipynb", "-m", "second")
    new_notebook, new_data = notebook.read_bytes(), data.read_bytes()

    assert [version["message"] for version in shell.json("log")] == ["second", "first ☃"]
    assert [version["message"] for version in shell.json("log", "digits.ipynb", "-n", "1")] == ["second"]
    shown = shell.json("show", "HEAD~1")
    assert shown["id"] == first["version"]["id"]
    assert {item["path"]: item["size"] for item in shown["artifacts"]} == {
        "data.csv": 8,
        "digits.ipynb": len(old_notebook),
    }
    difference = shell.json("diff", "HEAD~1", "HEAD")
    assert [item["path"] for item in difference["artifacts"]] == ["data.csv", "digits.ipynb"]
    assert difference["cells"] == [{"id": "cell-2", "change": "added"}]
    assert shell.json("diff", "HEAD")["artifacts"] == []

    planned = shell.json("restore", first["version"]["short"], "--dry-run")
    assert (planned["restored"], planned["safety_version"]) == (False, None)
    assert [write["path"] for write in planned["plan"]["writes"]] == ["data.csv", "digits.ipynb"]
    assert data.read_bytes() == new_data

    restored = shell.json("restore", first["version"]["short"])
    assert restored["restored"] is True
    assert restored["plan"] == planned["plan"]
    assert (notebook.read_bytes(), data.read_bytes()) == (old_notebook, old_data)

    shell.json("restore", restored["safety_version"])
    assert (notebook.read_bytes(), data.read_bytes()) == (new_notebook, new_data)
    assert shell.json("status")["changed"] == []
    assert shell.json("status")["lines"][0]["head"] == second["version"]["id"]
    assert shell.json("verify", "--read-data") == {"ok": True, "damage": []}


def test_the_same_in_words(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('data.csv')")
    (tmp_path / "data.csv").write_text("1")
    assert shell.text("checkpoint", "a.ipynb", "-m", "one").startswith("Version ")
    assert shell.text("checkpoint", "a.ipynb") == "Nothing has changed: no new version.\n"
    (tmp_path / "data.csv").write_text("22")
    assert "modified  data  data.csv" in shell.text("status")
    assert "modified  data  data.csv" in shell.text("diff", "HEAD")
    said = shell.text("restore", "HEAD")
    assert "modified  1 B  data.csv" in said
    undo = said.strip().splitlines()[-1].removeprefix("To undo: mlversion ").split()
    assert (tmp_path / "data.csv").read_text() == "1"
    shell.text(*undo)
    assert (tmp_path / "data.csv").read_text() == "22"
    assert shell.text("verify") == "No damage.\n"


def test_only_named_paths_are_restored_and_they_start_at_the_present_folder(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('data/x.csv'), open('data/y.csv')")
    (tmp_path / "data").mkdir()
    for name in "xy":
        (tmp_path / "data" / f"{name}.csv").write_text("old")
    shell.json("checkpoint", "a.ipynb")
    for name in "xy":
        (tmp_path / "data" / f"{name}.csv").write_text("new")
    shell.run("init", str(tmp_path))
    inner = Shell(tmp_path / "data")
    assert [write["path"] for write in inner.json("restore", "HEAD", "x.csv")["plan"]["writes"]] == ["data/x.csv"]
    assert (tmp_path / "data/x.csv").read_text() == "old"
    assert (tmp_path / "data/y.csv").read_text() == "new"


def test_a_restore_that_would_lose_something_refuses(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('data.csv')")
    (tmp_path / "data.csv").write_text("1")
    shell.json("checkpoint", "a.ipynb")
    (tmp_path / "data.csv").unlink()
    (tmp_path / "data.csv").mkdir()
    (tmp_path / "data.csv" / "precious").write_text("2")
    assert shell.json("restore", "HEAD", "--dry-run")["plan"]["conflicts"][0]["path"].startswith("data.csv")
    assert shell.json("restore", "HEAD", code=1)["error"]["kind"] == "restore-conflict"
    assert (tmp_path / "data.csv" / "precious").read_text() == "2"


def test_an_unknown_version_offers_the_nearest(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "1")
    shell.json("checkpoint", "a.ipynb")
    done = shell.run("show", "mian")
    assert (done.returncode, done.stdout) == (1, "")
    assert "main" in done.stderr


def test_head_is_that_of_the_notebook_that_is_named(shell, tmp_path):
    for number, name in enumerate("abb"):  # b's is newest even in the same second
        write_notebook(tmp_path / f"{name}.ipynb", f"'{name}', {number}")
        shell.json("checkpoint", f"{name}.ipynb")
    assert shell.json("show", "HEAD")["notebook"] == "b.ipynb"
    assert shell.json("show", "HEAD", "--notebook", "a.ipynb")["notebook"] == "a.ipynb"


def test_without_git_the_install_line_is_said(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "1")
    done = shell.run("checkpoint", "a.ipynb", "--json", env={**os.environ, "PATH": str(tmp_path / "empty")})
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "missing-git"
    assert "install" in error["hint"]


def test_damage_is_exit_1_with_the_versions_named(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('data.bin')")
    (tmp_path / "data.bin").write_bytes(os.urandom(100_000))
    version = shell.json("checkpoint", "a.ipynb")["version"]
    for path in (tmp_path / ".mlversion/store").rglob("*"):
        if path.is_file() and path.stat().st_size > 100_000:
            path.chmod(0o600)
            content = bytearray(path.read_bytes())
            content[50_000] ^= 1
            path.write_bytes(content)
    found = shell.json("verify", "--read-data", code=1)
    assert found["ok"] is False
    assert [version["id"]] in [damage["versions"] for damage in found["damage"]]
    assert ["data.bin"] in [damage["paths"] for damage in found["damage"]]


def test_a_reader_that_goes_away_is_no_reason_to_complain(shell, tmp_path):
    shell.json("init")
    process = subprocess.Popen([*MLVERSION, "doctor"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141


def test_a_broken_setting_says_where(shell, tmp_path):
    (tmp_path / "mlversion.toml").write_text("trakc = []\n")
    write_notebook(tmp_path / "a.ipynb", "1")
    error = shell.json("checkpoint", "a.ipynb", code=1)["error"]
    assert error["kind"] == "invalid-config"
    assert "trakc" in error["message"]


def read_until(terminal: int, wanted: str) -> str:
    """What comes over a terminal up to `wanted`; fails at its end."""
    seen = ""
    while wanted not in seen:
        seen += os.read(terminal, 1024).decode()
    return seen


def test_progress_on_a_terminal_and_an_interrupt_that_leaves_nothing_half_done(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('big.bin')")
    with (tmp_path / "big.bin").open("wb") as file:
        for number in range(64):
            file.write(os.urandom(1 << 20) + number.to_bytes(2, "big"))
        file.truncate(3 << 30)
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [*MLVERSION, "checkpoint", "a.ipynb"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    read_until(mine, " %")
    process.send_signal(signal.SIGINT)
    assert "Cancelled" in read_until(mine, "Cancelled")
    assert process.stdout.read() == ""
    assert process.wait() == 130
    os.close(mine)
    assert shell.json("log") == []
    assert shell.json("verify", "--read-data")["ok"] is True
    (tmp_path / "big.bin").write_bytes(b"small now")
    assert shell.json("checkpoint", "a.ipynb")["unchanged"] is False


def test_no_progress_in_a_pipe(shell, tmp_path):
    write_notebook(tmp_path / "a.ipynb", "open('big.bin')")
    with (tmp_path / "big.bin").open("wb") as file:
        file.truncate(1 << 30)
    done = shell.run("checkpoint", "a.ipynb")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_link_to_the_workspace_is_the_workspace(shell, tmp_path):
    home = tmp_path / "real"
    home.mkdir()
    write_notebook(home / "a.ipynb", "1")
    (tmp_path / "link").symlink_to(home)
    Shell(home).json("checkpoint", "a.ipynb")
    assert [version["notebook"] for version in Shell(tmp_path / "link").json("log", "a.ipynb")] == ["a.ipynb"]


def test_a_notebook_that_is_broken_now_can_be_restored(shell, tmp_path):
    notebook = tmp_path / "a.ipynb"
    write_notebook(notebook, "1")
    shell.json("checkpoint", "a.ipynb")
    good = notebook.read_bytes()
    notebook.write_text('{"broken')
    restored = shell.json("restore", "HEAD")
    assert notebook.read_bytes() == good
    shell.json("restore", restored["safety_version"])
    assert notebook.read_text() == '{"broken'
