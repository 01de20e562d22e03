"""A notebook trained from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import nbformat
import pytest

MLVERSION = (sys.executable, "-m", "jupyter_mlversion")


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "train.ipynb"
    content = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    content.cells = [
        nbformat.v4.new_code_cell("rate = 0.1\nname = 'old'", id="params", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "import jupyter_mlversion as mlversion\n"
            "open('model.bin', 'w').write(f'{name} {rate}')\n"
            "mlversion.log(loss=rate)",
            id="train",
            metadata={"tags": ["checkpoint"]},
        ),
        nbformat.v4.new_code_cell("open('model.bin', 'w').write('overwritten')", id="after"),
        nbformat.v4.new_code_cell("1 / (0 if name == 'broken' else 1)", id="fails"),
    ]
    nbformat.write(content, path)
    return path


def execute(notebook, *words):
    return subprocess.run(
        [*MLVERSION, "execute", notebook.name, *words, "--json"],
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_parameters_reach_the_notebook_and_the_version_has_what_the_cell_left(notebook):
    done = execute(notebook, "--param", "rate=0.5", "--param", "name=new")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["failed"] is None
    [version] = answer["versions"]
    assert version["cell_id"] == "train"
    assert version["trigger"] == "execute"
    assert version["metrics"] == {"loss": 0.5}
    assert (notebook.parent / "model.bin").read_text() == "overwritten"
    restore = [*MLVERSION, "restore", version["id"], "model.bin"]
    subprocess.run(restore, cwd=notebook.parent, check=True, capture_output=True)
    assert (notebook.parent / "model.bin").read_text() == "new 0.5"


def test_a_failing_cell_is_exit_1_with_its_traceback_and_keeps_the_versions_before(notebook):
    done = execute(notebook, "--param", "name=broken")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["failed"]["cell_id"] == "fails"
    assert "ZeroDivisionError" in answer["failed"]["error"]
    assert len(answer["versions"]) == 1
    assert "Traceback" in done.stderr


def test_the_executed_notebook_can_go_elsewhere(notebook):
    before = notebook.read_bytes()
    done = execute(notebook, "-o", "executed.ipynb")
    assert done.returncode == 0, done.stderr
    assert notebook.read_bytes() == before
    executed = nbformat.read(notebook.parent / "executed.ipynb", as_version=4)
    assert all(cell.execution_count for cell in executed.cells)


def wait_for(path, process):
    """Until the file is there; fails when the process ends before."""
    while not path.exists():
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(process.stderr.read())


def test_an_interrupt_stops_the_kernel_and_keeps_what_was_made(notebook):
    content = nbformat.read(notebook, as_version=4)
    content.cells[-1].source = (
        "import os, pathlib, time\n"
        "pathlib.Path('half').write_text(str(os.getpid()))\n"
        "pathlib.Path('half').rename('started')\n"
        "time.sleep(600)"
    )
    nbformat.write(content, notebook)
    process = subprocess.Popen(
        [*MLVERSION, "execute", notebook.name, "--json"],
        cwd=notebook.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(notebook.parent / "started", process)
    process.send_signal(signal.SIGINT)
    output, talk = process.communicate(timeout=120)
    assert process.returncode == 130
    assert json.loads(output)["error"]["kind"] == "cancelled"
    assert "Cancelled" in talk
    kernel = int((notebook.parent / "started").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)
    log = subprocess.run([*MLVERSION, "log", "--json"], cwd=notebook.parent, capture_output=True, text=True, check=True)
    versions = [version for version in json.loads(log.stdout) if version["trigger"] != "safety"]
    assert [version["cell_id"] for version in versions] == ["train"]
    assert nbformat.read(notebook, as_version=4).cells[1].execution_count
