"""Checks and pictures in a real kernel: at the split, by magic, in the version that a tagged cell makes."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_notebook

from jupyter_mlversion.cli import main
from jupyter_mlversion.repository import Repository

PREPARE = """
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
import jupyter_mlversion as mlversion
frame = load_iris(as_frame=True).frame.assign(answer=lambda f: f.target * 3)
parts = mlversion.split(frame, target="target", strategy="stratified", seed=1, name="iris")
clean = frame.drop(columns="answer")
left, right = train_test_split(frame, random_state=0)
"""


@pytest.fixture
def kernel(tmp_path):
    nbformat.write(new_notebook(), tmp_path / "n.ipynb")
    environment = {**os.environ, "JPY_SESSION_NAME": str(tmp_path / "n.ipynb")}
    manager, client = start_new_kernel(cwd=str(tmp_path), env=environment)

    def run(source):
        said, shown = [], []

        def hear(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] in {"display_data", "execute_result"}:
                shown.append(content["data"])

        reply = client.execute_interactive(source, output_hook=hear, timeout=120)["content"]
        assert reply["status"] == "ok", reply
        return "".join(said), shown

    run("%load_ext jupyter_mlversion")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_checks_by_magic_and_in_the_version(kernel, tmp_path, capsys):
    kernel(PREPARE)
    said, _ = kernel("%mlversion check --split iris")
    assert "✗ problem" in said
    assert "answer" in said
    said, _ = kernel("%mlversion check --split train_test_split --data frame --target target")
    assert "target-leakage" in said
    said, _ = kernel("%mlversion check --split iris --data clean --target target")
    assert "✗" not in said
    kernel("%mlversion checkpoint -m first")
    _, shown = kernel("mlversion.compare_splits(clean, target='target')")
    assert len(shown) == 4
    kernel("mlversion.checkpoint('now')")
    repository = Repository(tmp_path)
    for staged in repository.staged():
        repository.join(staged.checkpoint.key)
    splits = {split.name: split for split in repository.show("HEAD").snapshot.splits}
    verdicts = {name: {check.name: check.verdict.value for check in split.checks} for name, split in splits.items()}
    assert verdicts["iris"]["target-leakage"] == "ok"
    assert verdicts["train_test_split"]["target-leakage"] == "problem"
    said, shown = kernel("%mlversion plot --split iris --view membership HEAD")
    assert "1 figure" in said
    assert shown[0]["application/vnd.plotly.v1+json"]["data"][0]["type"] == "bar"
    _, shown = kernel("mlversion.plot_split(name='iris', view='distributions')[0]")
    assert shown[0]["application/vnd.plotly.v1+json"]["data"]

    assert main(["-C", str(tmp_path), "check", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [split["name"] for split in answer["splits"]] == ["iris", "train_test_split"]
    assert main(["-C", str(tmp_path), "plot", "-o", str(tmp_path / "page.html"), "--split", "iris"]) == 0
    assert "Plotly.newPlot" in (tmp_path / "page.html").read_text()
    assert main(["-C", str(tmp_path), "show", "HEAD"]) == 0
    assert "Checks" in capsys.readouterr().out
