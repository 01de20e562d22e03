"""Metrics logged in a real kernel, by magic, in blocks and by processes, end up in the version."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import nbformat
import pytest

from jupyter_mlversion.repository import Repository

_spec = importlib.util.spec_from_file_location("staging", Path(__file__).with_name("test_kernel_staging.py"))
staging = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(staging)


@pytest.fixture
def kernel(tmp_path):
    path = tmp_path / "train.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", id="cell")]), path)
    made = staging.Kernel(path)
    yield made
    made.client.stop_channels()
    made.manager.shutdown_kernel(now=True)


def snapshot_of(kernel, tmp_path):
    repository = Repository.open(tmp_path)
    key = kernel.comms[-1]["key"]
    outcome = repository.join(key)
    return repository, repository.show(outcome.version.id).snapshot


def test_a_cell_logs_all_kinds_of_things(kernel, tmp_path):
    assert kernel.run("import jupyter_mlversion as mlversion, math; score = 0.25")["status"] == "ok"
    source = """
%mlversion log acc=0.93 loss=score step=4
mlversion.log_params(bad=math.nan)
with mlversion.run("sweep"):
    for lr in (0.1, 0.2):
        with mlversion.run(f"lr {lr}", lr=lr):
            mlversion.log(score=lr)
mlversion.log_confusion([0, 1, 1], [0, 1, 0])
mlversion.log_text("note", "fine")
!python -c "import jupyter_mlversion as m; m.log(elsewhere=7)"
"""
    reply = kernel.run(source, "checkpoint")
    assert reply["status"] == "ok", reply["text"]
    repository, snapshot = snapshot_of(kernel, tmp_path)
    cell, sweep, *inner = snapshot.runs
    assert (cell.metrics["acc"].last, cell.metrics["acc"].last_step, cell.metrics["loss"].last) == (0.93, 4, 0.25)
    assert cell.metrics["elsewhere"].last == 7
    assert cell.params["bad"] != cell.params["bad"]
    assert [run.params for run in inner] == [{"lr": 0.1}, {"lr": 0.2}]
    assert {run.parent for run in inner} == {sweep.id}
    assert {item.name: item.kind for item in cell.logged} == {"confusion": "figure", "note": "text"}
    note = next(item for item in cell.logged if item.name == "note")
    assert repository.store.read(note.digest) == b"fine"
    assert repository.verify(read_data=True) == []
    assert list((tmp_path / ".mlversion" / "metrics").glob("*[0-9a-f].jsonl")) != []  # the child's; ours is sealed


@pytest.mark.parametrize(("words", "complaint"), [
    ("acc=0.9 loss", "'loss' is not name=value"), ("acc=nothing", "neither a number nor a variable"),
    ("a=words", "a number is needed"),
])
def test_what_the_magic_cannot_log_is_said(kernel, words, complaint):
    reply = kernel.run(f"words = 'text'\n%mlversion log {words}")
    assert reply["status"] == "error"
    assert complaint in reply["text"]


def test_a_checkpoint_in_a_running_cell_keeps_the_segment(kernel, tmp_path):
    source = """
import jupyter_mlversion as mlversion
mlversion.log(x=1)
mlversion.checkpoint("half")
mlversion.log(x=2)
from jupyter_mlversion.tracking import recorder
recorder().flush()
"""
    assert kernel.run(source)["status"] == "ok"
    (path,) = (tmp_path / ".mlversion" / "metrics").glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["notebook"] == "train.ipynb"
    assert [value for line in lines for value in line.get("values", [])] == [1.0, 2.0]
