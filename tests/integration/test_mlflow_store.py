"""The real MLflow client on our store: what it logs, what it refuses, what it finds, here and in versions."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from mlflow_scene import checkpoint, mlflow, own, restarted  # noqa: F401

from jupyter_mlversion.tracking import recorder

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_run_of_the_client_is_a_run_of_the_cell(mlflow, own, tmp_path):  # noqa: F811
    mlflow.set_experiment("digits")
    with mlflow.start_run(run_name="first", tags={"team": "a"}) as outer:
        mlflow.log_params({"lr": 0.1, "layers": [1, 2]})
        for step, value in ((3, 1.0), (1, math.nan), (2, math.inf)):
            mlflow.log_metric("val/loss", value, step=step)
        with mlflow.start_run(nested=True) as inner:
            mlflow.log_metrics({"a": 1, "b": 2}, step=5)
        mlflow.log_text("hello", "notes/note.txt")
        mlflow.log_dict({"x": 1}, "config.json")
    _, snapshot = checkpoint(own, tmp_path)
    first, second = snapshot.runs
    assert (first.id, first.name, first.cell_id, first.status) == (outer.info.run_id, "first", "cell", "finished")
    assert first.params == {"lr": "0.1", "layers": "[1, 2]"}
    assert first.metrics["val/loss"].count == 3
    assert first.tags["team"] == "a"
    assert first.ended >= first.started
    assert (second.id, second.parent, second.name) == (inner.info.run_id, first.id, "")
    assert {item.name: item.kind for item in first.logged} == {"notes/note.txt": "text", "config.json": "file"}


def test_what_the_client_logged_it_gets_back(mlflow):  # noqa: F811
    with mlflow.start_run() as run:
        for step, value in ((3, 1.0), (1, 7.0), (3, 0.5)):
            mlflow.log_metric("m", value, step=step)
        mlflow.set_tags({"a": "1", "b": "2"})
    client = mlflow.MlflowClient()
    client.delete_tag(run.info.run_id, "a")
    got = client.get_run(run.info.run_id)
    assert got.data.metrics == {"m": pytest.approx(0.75, abs=0.25)}  # of the two at step 3
    assert [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, "m")] == [
        (3, 1.0), (1, 7.0), (3, 0.5)]
    assert "a" not in got.data.tags
    assert got.data.tags["b"] == "2"
    assert got.info.status == "FINISHED"
    assert not [tag for tag in got.data.tags if tag.startswith("mlversion.")]


def test_batches_keep_their_times(mlflow, own):  # noqa: F811
    from mlflow.entities import Metric, Param, RunTag

    client = mlflow.MlflowClient()
    run = client.create_run("0", start_time=1_600_000_000_123)
    client.log_batch(run.info.run_id, [Metric("x", float(i), 1_600_000_000_000 + i, i) for i in range(1000)],
                     [Param("p", "1")], [RunTag("t", "2")])
    points = client.get_metric_history(run.info.run_id, "x")
    assert [point.timestamp for point in points] == [1_600_000_000_000 + i for i in range(1000)]
    assert client.get_run(run.info.run_id).info.start_time == 1_600_000_000_123
    client.set_terminated(run.info.run_id, "FAILED", 1_600_000_001_000)
    assert own.find(run.info.run_id).status == "failed"
    assert client.get_run(run.info.run_id).info.end_time == 1_600_000_001_000


@pytest.mark.parametrize(("call", "words"), [
    (lambda ml, _: ml.log_metric("m", "text"), "m"),
    (lambda ml, _: ml.log_metric("a<b>", 1), "[Ii]nvalid"),
    (lambda ml, _: (ml.log_param("p", 1), ml.log_param("p", 2)), "Changing param values is not allowed"),
    (lambda ml, _: ml.log_param("x" * 300, 1), "250"),
    (lambda ml, _: ml.set_tag("a<b>", 1), "[Ii]nvalid"),
    (lambda ml, _: ml.get_run("f" * 32), "not found"),
    (lambda ml, _: ml.get_run("../etc"), "[Ii]nvalid"),
    (lambda ml, _: ml.search_runs(filter_string="metrics.a >> 1"), "[Ii]nvalid"),
    (lambda ml, _: ml.MlflowClient().create_experiment(""), "name"),
    (lambda ml, _: (ml.create_experiment("twice"), ml.create_experiment("twice")), "already exists"),
    (lambda ml, _: ml.get_experiment("77"), "77"),
    (lambda ml, _: ml.MlflowClient().delete_experiment("0"), "default"),
    (lambda ml, _: ml.MlflowClient().create_run("77"), "77"),
    (lambda ml, run: ml.MlflowClient().log_batch(run.info.run_id, params=[ml.entities.Param("a", "1"),
                                                                         ml.entities.Param("a", "2")]), "uplicate"),
    (lambda ml, run: ml.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="no.txt"), "no.txt"),
    (lambda ml, _: ml.log_text("x", "../../up.txt"), "[Ii]nvalid"),
])
def test_what_mlflow_refuses_is_refused_in_its_words(mlflow, tmp_path, call, words):  # noqa: F811
    with mlflow.start_run() as run, pytest.raises(mlflow.exceptions.MlflowException, match=words):
        call(mlflow, run)
    assert not (tmp_path.parent / "up.txt").exists()


def test_a_deleted_run_takes_nothing_and_comes_back(mlflow):  # noqa: F811
    client = mlflow.MlflowClient()
    run_id = client.create_run("0").info.run_id
    client.delete_run(run_id)
    with pytest.raises(mlflow.exceptions.MlflowException, match="active"):
        client.log_metric(run_id, "x", 1)
    assert run_id not in [run.info.run_id for run in client.search_runs(["0"])]
    client.restore_run(run_id)
    client.log_metric(run_id, "x", 1)
    assert run_id in [run.info.run_id for run in client.search_runs(["0"])]


def test_searching_in_mlflows_language(mlflow):  # noqa: F811
    mlflow.set_experiment("search")
    for number in range(5):
        with mlflow.start_run(run_name=f"r{number}"):
            mlflow.log_metric("acc", number / 10)
            mlflow.log_param("kind", "odd" if number % 2 else "even")
    import jupyter_mlversion as mlversion

    with mlversion.run("native"):
        mlversion.log(acc=0.9)
    words = "metrics.acc > 0.1 and params.kind = 'even'"
    found = mlflow.search_runs(filter_string=words, order_by=["metrics.acc DESC"], output_format="list")
    assert [run.info.run_name for run in found] == ["r4", "r2"]
    everywhere = mlflow.search_runs(None, "metrics.acc > 0.5", output_format="list", search_all_experiments=True)
    assert [run.info.run_name for run in everywhere] == ["native"]
    page = mlflow.MlflowClient().search_runs([mlflow.get_experiment_by_name("search").experiment_id], max_results=3)
    assert len(page) == 3
    assert page.token
    assert [one.name for one in mlflow.search_experiments(filter_string="name LIKE 'sea%'")] == ["search"]


def test_experiments_are_renamed_deleted_and_tagged(mlflow):  # noqa: F811
    client = mlflow.MlflowClient()
    made = client.create_experiment("a", tags={"k": "v"})
    client.rename_experiment(made, "b")
    run = client.create_run(made)
    assert client.get_run(run.info.run_id).info.experiment_id == made
    assert client.get_experiment_by_name("b").tags["k"] == "v"
    client.delete_experiment(made)
    with pytest.raises(mlflow.exceptions.MlflowException, match="active"):
        client.create_run(made)
    client.restore_experiment(made)
    client.create_run(made)


def test_data_sets_are_inputs(mlflow, own, tmp_path):  # noqa: F811
    np = pytest.importorskip("numpy")
    data = mlflow.data.from_numpy(np.eye(3), name="eye")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training")
        mlflow.log_input(data, context="training")
    (got,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    assert (got.dataset.name, got.tags[0].value) == ("eye", "training")
    _, snapshot = checkpoint(own, tmp_path)
    assert [(one.name, one.tags) for one in snapshot.runs[0].inputs] == [("eye", {"mlflow.data.context": "training"})]


def test_artifacts_are_listed_read_and_removed_before_and_after_a_checkpoint(mlflow, own, tmp_path):  # noqa: F811
    folder = tmp_path / "given"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "b.bin").write_bytes(b"b" * 100)
    (folder / "a.txt").write_text("a")
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "all")
        mlflow.log_artifact(str(folder / "a.txt"))
    run_id = run.info.run_id
    for _ in range(2):
        assert [(one.path, one.is_dir) for one in client.list_artifacts(run_id)] == [("a.txt", False), ("all", True)]
        assert [one.path for one in client.list_artifacts(run_id, "all")] == ["all/a.txt", "all/deep"]
        got = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="all")
        assert Path(got, "deep", "b.bin").read_bytes() == b"b" * 100
        repository, snapshot = checkpoint(own, tmp_path)
        assert not list((tmp_path / ".mlversion" / "metrics").rglob("b.bin"))
    stored = {item.name: repository.store.read(item.digest) for item in snapshot.runs[0].logged}
    assert stored["all/deep/b.bin"] == b"b" * 100
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    get_artifact_repository(run.info.artifact_uri).delete_artifacts("all")
    assert [one.path for one in client.list_artifacts(run_id)] == ["a.txt"]


def test_another_kernel_finds_the_runs_of_versions(mlflow, own, tmp_path, monkeypatch):  # noqa: F811
    mlflow.set_experiment("kept")
    with mlflow.start_run(run_name="old") as run:
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_text("hello", "note.txt")
    checkpoint(own, tmp_path)
    restarted(monkeypatch, tmp_path)
    (found,) = mlflow.search_runs(experiment_names=["kept"], output_format="list")
    assert (found.info.run_id, found.data.metrics) == (run.info.run_id, {"loss": pytest.approx(1 / 3)})
    client = mlflow.MlflowClient()
    assert [point.step for point in client.get_metric_history(run.info.run_id, "loss")] == [0, 1, 2]
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "hello"


CHILD = """
import sys
from jupyter_mlversion.mlflow.setup import use_store
use_store()
import mlflow
with mlflow.start_run(run_id=sys.argv[1]):
    for step in range(50):
        mlflow.log_metric("child", step, step=step)
with mlflow.start_run(run_name="of the child"):
    mlflow.log_metric("x", 1)
"""


def test_two_processes_log_into_one_run(mlflow, own, tmp_path):  # noqa: F811
    with mlflow.start_run() as run:
        mlflow.log_metric("parent", 1)
        own.flush()
        subprocess.run([sys.executable, "-c", CHILD, run.info.run_id], check=True, env=dict(os.environ))
        mlflow.log_metric("parent", 2)
    _, snapshot = checkpoint(own, tmp_path)
    runs = {run.name: run for run in snapshot.runs}
    assert (runs[""].metrics["parent"].count, runs[""].metrics["child"].count) == (2, 50)
    assert runs["of the child"].metrics["x"].last == 1
    assert recorder() is own


def test_entry_points_name_what_is_there():
    import importlib
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    pytest.importorskip("mlflow")
    for group in ("mlflow.tracking_store", "mlflow.artifact_repository"):
        ((scheme, place),) = project["entry-points"][group].items()
        module, name = place.split(":")
        assert getattr(importlib.import_module(module), name)
        assert scheme.startswith("mlversion")
