"""What other tools recorded becomes versions with their dates; runs go to MLflow and come back the same."""

from __future__ import annotations

import gzip
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlversion.cli import main
from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.errors import InvalidInput, UsageError
from jupyter_mlversion.exchange import export_runs, import_runs
from jupyter_mlversion.repository import Repository

DATABASE = Path(__file__).parent / "data" / "mlflow-3.17.db.gz"
"""Made by MLflow 3.17: an experiment with a run, a run nested in it, a data set, a registered model."""


@pytest.fixture
def repository(tmp_path):
    return Repository.init(tmp_path / "workspace")


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(gzip.decompress(DATABASE.read_bytes()))
    return path


def series(repository, run):
    return canonical.load(repository.store.read(run.series))


def runs_of(repository, version):
    return {run.name: run for run in repository.history.snapshot(version.id).runs}


def test_mlflows_database(repository, database):
    before = database.read_bytes()
    imported = import_runs(repository, str(database))
    assert database.read_bytes() == before
    version, = imported.versions
    assert (version.message, version.author, version.trigger) == ("parent", "root", "import")
    assert version.time.timestamp() == pytest.approx(1795648205.006)
    assert version.params == {"lr": 0.1, "shuffle": True}
    runs = runs_of(repository, version)
    parent, child = runs["parent"], runs["child"]
    assert child.parent == parent.id == "ffd24474abbe4c2aae17ae8fa2cec47f"
    assert (parent.status, parent.started, parent.ended) == ("finished", 1795648204.605, 1795648205.006)
    assert math.isnan(parent.metrics["bad"].last)
    assert parent.metrics["big"].last == math.inf
    assert series(repository, parent)["loss"]["steps"] == [0, 1, 2]
    assert series(repository, parent)["loss"]["times"][0] == 1795648204.901
    assert parent.tags["team"] == "a"
    assert json.loads(parent.tags["mlversion.registered"])[0]["name"] == "m"
    assert (parent.inputs[0].name, parent.inputs[0].tags) == ("frame", {"mlflow.data.context": "training"})


def test_what_was_imported_is_not_imported_again(repository, database):
    assert import_runs(repository, str(database), dry_run=True).runs == ("parent",)
    assert repository.log() == []
    import_runs(repository, str(database))
    again = import_runs(repository, str(database))
    assert (again.versions, again.known) == ((), 1)
    assert len(repository.log()) == 1
    repository.index.close()
    for path in repository.folder.glob("index.sqlite*"):  # known from the history, not from the cache
        path.unlink()
    assert import_runs(Repository.open(repository.root), str(database)).known == 1


def test_artifacts_become_files_that_can_be_restored(repository, database):
    artifacts = database.parent / "mlruns" / "1" / "ffd24474abbe4c2aae17ae8fa2cec47f" / "artifacts"
    (artifacts / "notes").mkdir(parents=True)
    (artifacts / "notes" / "a.txt").write_text("hello")
    version, = import_runs(repository, str(database), files=True).versions
    repository.restore(version.id)
    restored, = (repository.root / "imported").rglob("*.txt")
    assert restored.read_text() == "hello"


def test_csv_files(repository, tmp_path):
    table = tmp_path / "runs.csv"
    table.write_text("run,epoch,loss,acc,model\na,0,1.0,,cnn\na,1,0.5,nan,cnn\nb,0,2.0,0.1,mlp\nb,1,inf,0.2,other\n")
    imported = import_runs(repository, str(table))
    assert imported.runs == ("a", "b")
    assert imported.notes == ("runs.csv: the column model holds changing text and was left out",)
    first = runs_of(repository, imported.versions[0])["a"]
    assert first.params == {"model": "cnn"}
    assert series(repository, first)["loss"]["values"] == [1.0, 0.5]
    assert series(repository, first)["acc"] == {"steps": [1], "times": [first.ended], "values": ["NaN"]}


@pytest.mark.parametrize("content", [b"", b"a,b\nx,y\n", b"\xff\xfe\x00\x01", b"step\n1\n"])
def test_a_file_that_is_no_table_of_numbers(repository, tmp_path, content):
    table = tmp_path / "runs.csv"
    table.write_bytes(content)
    if content == b"a,b\nx,y\n":
        assert import_runs(repository, str(table)).versions[0].params == {"a": "x", "b": "y"}
        return
    with pytest.raises(InvalidInput):
        import_runs(repository, str(table))
    assert repository.log() == []


def test_what_is_nothing_is_told(repository, tmp_path):
    with pytest.raises(InvalidInput, match="there is nothing"):
        import_runs(repository, str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="no runs are recognised"):
        import_runs(repository, str(tmp_path / "empty"))
    with pytest.raises(UsageError):
        import_runs(repository, str(tmp_path), kind="nothing")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"x" * 100)
    with pytest.raises(InvalidInput):
        import_runs(repository, str(tmp_path / "broken.db"), kind="mlflow")


@pytest.mark.heavy
def test_dvclive(repository, tmp_path):
    pytest.importorskip("dvclive", reason="needs DVCLive (extra test-heavy)")
    code = ("from dvclive import Live\nwith Live('dvclive', save_dvc_exp=False, dvcyaml=None) as live:\n"
            " live.log_param('lr', 0.1)\n"
            " for i in range(3):\n  live.log_metric('train/loss', 1 / (i + 1))\n  live.next_step()\n")
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    imported = import_runs(repository, str(tmp_path / "dvclive"))
    run, = repository.history.snapshot(imported.versions[0].id).runs
    assert run.params == {"lr": 0.1}
    assert series(repository, run)["train/loss"]["values"] == [1.0, 0.5, pytest.approx(1 / 3)]


@pytest.mark.heavy
def test_tensorboard(repository, tmp_path):
    pytest.importorskip("tensorboard", reason="needs TensorBoard (extra test-heavy)")
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(tmp_path / "logs" / "first"))
    for step in range(3):
        simple = Summary(value=[Summary.Value(tag="loss", simple_value=1 / (step + 1))])
        writer.add_event(Event(wall_time=100.0 + step, step=step, summary=simple))
        tensor = TensorProto(dtype=1, float_val=[step / 4])
        writer.add_event(Event(wall_time=100.5 + step, step=step, summary=Summary(value=[
            Summary.Value(tag="acc", tensor=tensor), Summary.Value(tag="note", tensor=TensorProto(
                dtype=7, string_val=[b"words"]))])))
    session = HParamsPluginData()
    session.session_start_info.hparams["lr"].number_value = 0.25
    session.session_start_info.hparams["model"].string_value = "cnn"
    value = Summary.Value(tag="_hparams_/session_start_info")
    value.metadata.plugin_data.content = session.SerializeToString()
    writer.add_event(Event(wall_time=100, summary=Summary(value=[value])))
    writer.close()
    imported = import_runs(repository, str(tmp_path / "logs"))
    run = runs_of(repository, imported.versions[0])["first"]
    assert series(repository, run)["loss"]["times"] == [100.0, 101.0, 102.0]
    assert series(repository, run)["acc"]["values"] == [0.0, 0.25, 0.5]
    assert run.params == {"lr": 0.25, "model": "cnn"}
    assert imported.notes == ("first: left out what are no numbers: note",)
    assert imported.versions[0].time.timestamp() >= 102.5


@pytest.mark.heavy
def test_wandb_offline_and_killed(repository, tmp_path):
    pytest.importorskip("wandb", reason="needs W&B (extra test-heavy)")
    code = ("import wandb\nrun = wandb.init(project='p', name='first', config={'lr': 0.1, 'net': {'depth': 3}})\n"
            "for i in range(4): run.log({'loss': 1 / (i + 1), 'val': {'acc': i}})\n"
            "run.log({'bad': float('nan'), 'pic': 'text'})\nrun.summary['best'] = 0.9\nrun.finish()\n")
    quiet = {**os.environ, "WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=quiet)
    record, = tmp_path.glob("wandb/offline-run-*/*.wandb")
    cut = tmp_path / "cut" / "run-cut.wandb"
    cut.parent.mkdir()
    cut.write_bytes(record.read_bytes()[:-300])
    imported = import_runs(repository, str(tmp_path))
    run = runs_of(repository, imported.versions[0])["first"]
    assert run.status == "finished"
    assert run.params == {"lr": 0.1, "net.depth": 3}
    assert series(repository, run)["loss"]["values"] == [1.0, 0.5, pytest.approx(1 / 3), 0.25]
    assert series(repository, run)["val/acc"]["steps"] == [0, 1, 2, 3]
    assert math.isnan(run.metrics["bad"].last)
    assert run.metrics["best"].last == 0.9
    assert any("pic" in note for note in imported.notes)
    other = Repository.init(tmp_path / "other")
    killed = import_runs(other, str(cut)).versions[0]
    assert other.history.snapshot(killed.id).runs[0].status == "killed"


@pytest.mark.heavy
def test_dvc_experiments(repository, tmp_path):
    if shutil.which("dvc") is None or shutil.which("git") is None:
        pytest.skip("needs DVC")
    folder = tmp_path / "project"
    folder.mkdir()
    stage = {"cmd": "echo '{\"acc\": 0.5}' > metrics.json", "params": ["lr"],
             "metrics": [{"metrics.json": {"cache": False}}]}
    (folder / "dvc.yaml").write_text(json.dumps({"stages": {"train": stage}}))  # JSON is YAML
    (folder / "params.yaml").write_text("lr: 0.1\n")
    for command in ("git init -q .", "git config user.email a@b.c", "git config user.name a", "dvc init -q",
                    "dvc repro -q", "git add -A", "git commit -qm first", "dvc exp run -q -S lr=0.2 -n low"):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    imported = import_runs(repository, str(folder))
    assert [(version.params["lr"], version.metrics["acc"]) for version in imported.versions] == [(0.1, 0.5), (0.2, 0.5)]


class TestExport:
    """To a folder of MLflow's, through its own client, and back."""

    @pytest.fixture
    def uri(self, tmp_path):
        pytest.importorskip("mlflow", reason="needs MLflow's client (extra mlflow)")
        return (tmp_path / "mlruns").as_uri()

    def test_runs_come_back_the_same(self, repository, database, uri, tmp_path):
        first, = import_runs(repository, str(database)).versions
        sent = export_runs(repository, uri)
        assert sorted(sent.runs) == ["child", "parent"]
        other = Repository.init(tmp_path / "other")
        second, = import_runs(other, uri, kind="mlflow-server").versions
        assert (second.message, second.time) == (first.message, first.time)
        then, now = runs_of(repository, first), runs_of(other, second)
        assert series(repository, then["parent"])["loss"] == series(other, now["parent"])["loss"]
        assert math.isnan(now["parent"].metrics["bad"].last)
        assert now["parent"].metrics["big"].last == math.inf
        assert now["child"].parent == now["parent"].id
        assert now["parent"].params == then["parent"].params
        assert now["parent"].inputs == then["parent"].inputs

    def test_repeating_sends_nothing_twice(self, repository, database, uri):
        import_runs(repository, str(database))
        export_runs(repository, uri)
        assert export_runs(repository, uri).runs == ()
        assert export_runs(repository, uri).known == 2

    def test_what_was_interrupted_is_sent_again_whole(self, repository, database, uri, monkeypatch):
        import_runs(repository, str(database))
        from mlflow import MlflowClient

        real = MlflowClient.log_batch

        def stop(self, run_id, metrics=(), params=(), tags=(), **more):
            if metrics:
                raise KeyboardInterrupt
            return real(self, run_id, metrics, params, tags, **more)

        monkeypatch.setattr(MlflowClient, "log_batch", stop)
        with pytest.raises(KeyboardInterrupt):
            export_runs(repository, uri)
        monkeypatch.undo()
        assert len(export_runs(repository, uri).runs) == 2
        client = MlflowClient(uri)
        runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
        assert len(runs) == 2
        parent, = (run for run in runs if run.info.run_name == "parent")
        assert len(client.get_metric_history(parent.info.run_id, "loss")) == 3

    def test_more_than_a_batch_and_odd_names(self, repository, uri, tmp_path):
        table = tmp_path / "long.csv"
        lines = [f"{step},{step / 7},{-step}" for step in range(2500)]
        table.write_text("\n".join(["step,loss,../<b>ä/ü</b>", *lines]))
        import_runs(repository, str(table))
        sent = export_runs(repository, uri)
        assert len(sent.notes) == 1
        from mlflow import MlflowClient

        client = MlflowClient(uri)
        run, = client.search_runs([one.experiment_id for one in client.search_experiments()])
        history = client.get_metric_history(run.info.run_id, "loss")
        assert [point.step for point in history] == list(range(2500))
        assert history[7].value == 1.0

    def test_an_address_that_does_not_answer(self, repository, database, monkeypatch):
        pytest.importorskip("mlflow", reason="needs MLflow's client (extra mlflow)")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        import_runs(repository, str(database))
        with pytest.raises(InvalidInput):
            export_runs(repository, "http://127.0.0.1:9")


def test_the_command_line(repository, database, capsys):
    where = ["-C", str(repository.root)]
    assert main([*where, "import", "--json", str(database)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["runs"], answer["known"]) == (["parent"], 0)
    assert main([*where, "import", str(database)]) == 0
    assert "1 had been imported before" in capsys.readouterr().out
    assert main([*where, "import", str(database.parent / "no.csv")]) == 1
    assert main([*where, "export", "--json", "--dry-run", (database.parent / "mlruns").as_uri()]) == 0
    assert sorted(json.loads(capsys.readouterr().out)["runs"]) == ["child", "parent"]
