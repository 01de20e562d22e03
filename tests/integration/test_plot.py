"""Charts of a real workspace from the command line and from Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import jupyter_mlversion as mlversion
from jupyter_mlversion.cli import main
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import FileFailure, UsageError
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.tracking import Recorder


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Three versions, each with one run."""
    repository = Repository.init(tmp_path)
    recorder = Recorder()
    for number, lr in enumerate((0.1, 0.01, 0.1)):
        recorder.begin("train")
        recorder.log_params(lr=lr)
        for step in range(5):
            recorder.log(loss=lr * step + number, auc=step / 10, step=step)
        repository.stage(Checkpoint(f"k.{number}", Trigger.CELL, datetime.now(UTC), f"lr {lr}"),
                         Seen({}, runs=recorder.seal))
        repository.join(f"k.{number}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plotted(capsys, *words):
    assert main(["plot", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_options_the_metrics_of_one_version(root, capsys):
    answer = plotted(capsys)
    assert [figure["name"] for figure in answer["figures"]] == ["auc", "loss"]
    assert [len(figure["figure"]["data"]) for figure in answer["figures"]] == [1, 1]


def test_options_of_charts_mean_all_versions(root, capsys):
    answer = plotted(capsys, "--metric", "loss", "--group-by", "lr")
    assert len(answer["versions"]) == 3
    (figure,) = answer["figures"]
    assert [trace["name"] for trace in figure["figure"]["data"][1::2]] == ["lr 0.01 (1)", "lr 0.1 (2)"]
    fitting = plotted(capsys, "--x", "version", "--where", "lr < 0.05")
    assert len(fitting["versions"]) == 1
    named = plotted(capsys, "HEAD", "HEAD~1")
    assert named["versions"] == answer["versions"][:2]


def test_a_page_needs_no_network(root, capsys):
    assert main(["plot", "--chart", "parallel", "-o", "page.html"]) == 0
    assert "1 figure of 3 versions." in capsys.readouterr().out
    page = (root / "page.html").read_text()
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page


@pytest.mark.parametrize("words", [["--split", "s", "--metric", "loss"], ["--where", "lr < 1", "HEAD"],
                                   ["--smooth", "1"], ["--chart", "pie"]])
def test_what_does_not_go_together_is_refused(root, capsys, words):
    assert main(["plot", *words]) == 2
    assert capsys.readouterr().err


def test_from_python(root):
    figures = mlversion.plot_metrics(metrics="loss", smooth=0.5, log="y")
    assert [len(figure.data) for figure in figures] == [6]
    assert [figure.layout.title.text for figure in mlversion.plot_metrics("HEAD")] == ["auc", "loss"]
    assert len(mlversion.plot_metrics(kind="scatter", where="lr == 0.1")) == 2
    with pytest.raises(UsageError, match="smoothness"):
        mlversion.plot_metrics(smoothness=1)


@pytest.mark.parametrize("words", ["plot -o", "compare HEAD~1 HEAD --csv", "compare HEAD~1 HEAD --html"])
def test_a_file_that_cannot_be_written_is_told_in_words(root, capsys, words):
    assert main([*words.split(), str(root / "none" / "file")]) == FileFailure.exit_code
    assert "Check that the file can be read and the folder written." in capsys.readouterr().err
