"""Splits of a real kernel: recorded without a change of code, and given back by another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_mlversion.execute import execute_notebook
from jupyter_mlversion.repository import Repository

DEMO = Path(__file__).parents[2] / "binder" / "demo" / "splits.ipynb"
LOADED = """
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split, StratifiedKFold, cross_val_score
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True)
"""
SPLIT = """
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=5, stratify=y)
for train, test in StratifiedKFold(4, shuffle=True, random_state=2).split(X_train, y_train):
    pass
cross_val_score(LogisticRegression(max_iter=500), X_train, y_train, cv=3).mean()
"""
CHECK = """
import json
import jupyter_mlversion as mlversion
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
X, y = load_iris(return_X_y=True)
X_train, X_test = train_test_split(X, test_size=0.2, random_state=5, stratify=y)
kept = mlversion.get_split("HEAD", "train_test_split", notebook="n.ipynb")
assert (X[kept.folds[0].train] == X_train).all() and (X[kept.folds[0].test] == X_test).all()
back = mlversion.get_split(name="train_test_split", data=X[::-1][:100])
folds = mlversion.get_split(name="StratifiedKFold", data=X_train)
print(json.dumps([repr(kept), repr(back.changes), [len(fold.test) for fold in folds], repr(folds.changes)]))
"""


@pytest.fixture
def workspace(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(LOADED),
        nbformat.v4.new_code_cell(SPLIT, metadata={"tags": ["checkpoint"]}),
    ])
    nbformat.write(notebook, tmp_path / "n.ipynb")
    return tmp_path


def test_a_tagged_notebook_records_what_scikit_learn_split(workspace):
    repository = Repository.open(workspace, create=True)
    executed = execute_notebook(repository, workspace / "n.ipynb")
    assert executed.failed is None
    (version,) = executed.versions
    splits = repository.show(version.id).snapshot.splits
    assert [(split.name, split.strategy, split.seed, split.seeded, split.fold_count) for split in splits] == [
        ("train_test_split", "stratified", 5, True, 0), ("StratifiedKFold", "stratified-k-fold", 2, True, 4),
        ("cross_val_score", "stratified-k-fold", 0, False, 3)]
    assert all(split.cell_id for split in splits)
    assert repository.verify(read_data=True) == []
    again = execute_notebook(repository, workspace / "n.ipynb")
    assert list(again.versions) == []  # the same splits: nothing has changed

    done = subprocess.run([sys.executable, "-c", CHECK], cwd=workspace, check=True, capture_output=True, text=True)
    told, back, sizes, same = json.loads(done.stdout)
    assert told == "<split 'train_test_split', stratified, seed 5: train=120, test=30>"
    assert "new, " in back
    assert back.endswith("50 gone>") or "gone>" in back
    assert sizes == [30] * 4
    assert "0 of them moved, 0 new, 0 gone" in same


MAGICS = """
%load_ext jupyter_mlversion
import pandas as pd
from sklearn.datasets import load_iris
frame = load_iris(as_frame=True).frame
%mlversion split frame --target target --strategy stratified --seed 7 --name iris
X = frame.drop(columns="target").to_numpy()
%mlversion split X --target frame.target+1 --strategy stratified-k-fold --folds 3 --name folds
print(len(train), len(test), iris.record.parameters["target"], len(folds.folds[0].test))
%mlversion freeze iris
"""


def test_magics_make_variables_and_freeze(tmp_path):
    repository = Repository.open(tmp_path, create=True)
    wrong = ["%mlversion split nothing", "%mlversion split frame --strategy guess", "%mlversion freeze folds",
             "%mlversion freeze nothing"]
    cells = [nbformat.v4.new_code_cell(MAGICS, metadata={"tags": ["checkpoint"]})]
    cells += [nbformat.v4.new_code_cell(line, metadata={"tags": ["raises-exception"]}) for line in wrong]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")
    executed = execute_notebook(repository, tmp_path / "n.ipynb")
    assert executed.failed is None
    (version,) = executed.versions
    shown = nbformat.read(tmp_path / "n.ipynb", as_version=4).cells
    said = "".join(output.get("text", "") for output in shown[0].outputs if output.get("name") == "stdout")
    assert "iris: train 120, test 30\nVariables: iris, train, test\n" in said
    assert "120 30 target 50\n" in said
    assert "Frozen from the next version on: the part test of the split iris." in said
    assert [(part.split, part.size) for part in version.frozen] == [("iris", 30)]
    assert [(leak.split, leak.trained_as) for leak in version.leaks] == [("iris", "folds/fold 1")]
    errors = ["".join(output.get("text", "") + output.get("evalue", "") for output in cell.outputs)
              for cell in shown[1:]]
    for error, words in zip(errors, ["neither a file nor a variable", "unknown strategy", "cross-validation",
                                     "no split 'nothing'"], strict=True):
        assert words in error


def test_the_demo_ends_with_the_leak_that_it_is_about(tmp_path):
    (tmp_path / "splits.ipynb").write_bytes(DEMO.read_bytes())
    executed = execute_notebook(Repository.open(tmp_path, create=True), tmp_path / "splits.ipynb")
    assert executed.failed is None
    assert [(len(version.frozen), [(leak.rows, leak.trained_as) for leak in version.leaks])
            for version in executed.versions] == [
        (0, []), (0, []), (1, []), (1, [(36, "cross_val_score/fold 1")])]
    shown = nbformat.read(tmp_path / "splits.ipynb", as_version=4).cells
    outputs = [output.get("data", {}).get("text/plain", "") for cell in shown for output in cell.get("outputs", ())]
    assert any("170 found, 169 of them moved, 5 new, 8 gone" in text for text in outputs)


def test_the_demo_of_checks_finds_its_faults_and_none_in_clean_data(tmp_path):
    path = tmp_path / "checks.ipynb"
    path.write_bytes(DEMO.with_name("checks.ipynb").read_bytes())
    executed = execute_notebook(Repository.open(tmp_path, create=True), path)
    assert executed.failed is None
    clean, faulty = (version.glances for version in executed.versions)
    assert [(glance.name, glance.verdict) for glance in clean] == [("wine", "ok")]
    assert [(glance.name, glance.verdict) for glance in faulty] == [("wine", "problem")]


def test_a_kernel_without_scikit_learn_pays_nothing_and_has_no_hook(tmp_path):
    code = "import sys\nprint(sorted(name for name in sys.modules if name.startswith(('sklearn', 'torch', 'numpy'))))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
        "%load_ext jupyter_mlversion\n" + code)])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert notebook.cells[0].outputs[0]["text"] == "[]\n"
