"""Blocks, processes, what is logged beside numbers, and what the disk may do."""

from __future__ import annotations

import contextlib
import io
import json
import math
import multiprocessing
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest

import jupyter_mlversion as mlversion
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.store import Store
from jupyter_mlversion.tracking import Reader, Recorder, recorder, segment, system
from jupyter_mlversion.tracking.recorder import MOST_NAMES


@pytest.fixture
def own(monkeypatch):
    """A recorder of this test's own behind the Python names."""
    made = Recorder()
    module = sys.modules["jupyter_mlversion.tracking.recorder"]
    monkeypatch.setattr(module, "_recorders", [made])
    monkeypatch.setattr(mlversion, "_recorder", [])
    monkeypatch.delenv("MLVERSION_RUN", raising=False)
    made.begin("cell")
    return made


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def seal(own, store):
    def sealed():
        with store.batch() as batch:
            return own.seal(batch)

    return sealed


@pytest.fixture
def segment_of(own, tmp_path):
    (tmp_path / ".mlversion").mkdir()
    path = tmp_path / ".mlversion" / "metrics" / "session.jsonl"
    own.attach(path, session="session", notebook="a.ipynb")
    return path


def test_blocks_are_runs_of_their_own(seal):
    mlversion.log(before=1)
    with mlversion.run("sweep", kind="grid") as sweep:
        for rate in (0.1, 0.01):
            with mlversion.run(f"lr {rate}", lr=rate):
                mlversion.log(loss=rate)
        mlversion.log(best=0.01)
    mlversion.log(after=1)
    by_name = {run.name: run for run in seal()}
    assert list(by_name) == ["", "sweep", "lr 0.1", "lr 0.01"]
    assert set(by_name[""].metrics) == {"before", "after"}
    assert by_name["sweep"].params == {"kind": "grid"}
    assert set(by_name["sweep"].metrics) == {"best"}
    assert {run.parent for run in by_name.values()} == {"", sweep.id}
    assert {run.status for run in by_name.values()} == {"", "finished"}
    assert all(run.ended >= run.started for run in by_name.values() if run.name)


def test_a_block_says_how_it_ended(seal):
    with contextlib.suppress(ValueError), mlversion.run("a"):
        raise ValueError
    with contextlib.suppress(KeyboardInterrupt), mlversion.run("b"):
        raise KeyboardInterrupt
    assert [(run.name, run.status) for run in seal()] == [("a", "failed"), ("b", "killed")]


def test_blocks_of_threads_do_not_mix(seal):
    barrier = threading.Barrier(2)

    def train(name):
        with mlversion.run(name):
            barrier.wait()
            mlversion.log({f"of {name}": 1.0})
            barrier.wait()

    threads = [threading.Thread(target=train, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.name: set(run.metrics) for run in seal()} == {"a": {"of a"}, "b": {"of b"}}


def test_threads_without_a_block_log_into_the_cells(seal):
    with mlversion.run("a"):
        thread = threading.Thread(target=lambda: mlversion.log(x=1))
        thread.start()
        thread.join()
    assert set(seal()[0].metrics) == {"x"}


def test_an_execution_with_blocks_replaces_the_one_before(own, seal):
    for _ in range(2):
        own.begin("sweep")
        for name in "ab":
            with mlversion.run(name):
                mlversion.log(x=1, step=0)
    assert [run.name for run in seal()] == ["a", "b"]


def test_a_block_is_entered_once():
    block = mlversion.run("a")
    with pytest.raises(UsageError, match="has not begun"):
        block.log(x=1)
    with block, pytest.raises(UsageError, match="once"), block:
        pass


def test_parameters_that_are_no_numbers_come_back_as_such(seal):
    mlversion.log_params(a=math.nan, b=math.inf, c="NaN", d=-math.inf)
    (run,) = seal()
    back = from_plain(Run, json.loads(json.dumps(to_plain(run))))
    assert math.isnan(back.params["a"])
    assert (back.params["b"], back.params["c"], back.params["d"]) == (math.inf, "NaN", -math.inf)


def test_what_is_logged_is_stored_as_contents(own, seal, store):
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

    drawn = Figure()
    drawn.subplots().plot([1, 2])
    mlversion.log_figure("loss", go.Figure(go.Scatter(y=[1, 2])))
    mlversion.log_figure("drawn", drawn)
    mlversion.log_image("grey", np.arange(16, dtype=np.uint8).reshape(4, 4))
    mlversion.log_image("colour", np.full((4, 4, 3), 0.5), step=3)
    mlversion.log_text("report", "<script>alert(1)</script>")
    mlversion.log_table("rows", pd.DataFrame({"a": [1, 2], "b": [0.5, math.nan]}))
    (run,) = seal()
    kinds = {item.name: (item.kind, item.media, item.step) for item in run.logged}
    assert kinds["loss"] == ("figure", "application/vnd.plotly.v1+json", None)
    assert kinds["drawn"] == ("image", "image/png", None)
    assert kinds["colour"] == ("image", "image/png", 3)
    content = {item.name: store.read(item.digest) for item in run.logged}
    assert json.loads(content["loss"])["data"][0]["type"] == "scatter"
    assert content["drawn"].startswith(b"\x89PNG")
    assert content["report"] == b"<script>alert(1)</script>"
    assert json.loads(content["rows"]) == {"columns": ["a", "b"], "data": [[1, 0.5], [2, "NaN"]]}
    from PIL import Image
    assert np.asarray(Image.open(io.BytesIO(content["grey"]))).tolist() == np.arange(16).reshape(4, 4).tolist()
    assert own.current().items["report", None].stored.size == 25


@pytest.mark.parametrize("table", [
    {"a": [1, 2], "b": [3, 4]}, [{"a": 1, "b": 3}, {"a": 2, "b": 4}], {"a": np.array([1, 2]), "b": (3, 4)},
    "polars", "pyarrow",
])
def test_tables_of_all_kinds(seal, store, table):
    plain = {"a": [1, 2], "b": [3, 4]}
    if isinstance(table, str):
        module = pytest.importorskip(table)
        table = module.DataFrame(plain) if table == "polars" else module.table(plain)
    mlversion.log_table("t", table)
    assert json.loads(store.read(seal()[0].logged[0].digest)) == {"columns": ["a", "b"], "data": [[1, 3], [2, 4]]}


@pytest.mark.parametrize("bad", [
    lambda: mlversion.log_table("t", {"a": [1], "b": [1, 2]}),
    lambda: mlversion.log_table("t", 5),
    lambda: mlversion.log_image("i", np.zeros((3, 8, 8))),
    lambda: mlversion.log_image("i", np.full((8, 8), 3.5)),
    lambda: mlversion.log_image("i", b"<svg onload=alert(1)>"),
    lambda: mlversion.log_figure("f", 5),
    lambda: mlversion.log_figure("f", {"x": 1}),
    lambda: mlversion.log_text("t", 5),
    lambda: mlversion.log_confusion([1, 2], [1]),
    lambda: mlversion.log_confusion([1], [2], labels=[1]),
    lambda: mlversion.log_roc([1, 1], [0.5, 0.5]),
    lambda: mlversion.log_roc([0, 1], [0.5, math.nan]),
    lambda: mlversion.log_roc([0, 1, 2], [0.5, 0.5, 0.5]),
    lambda: mlversion.log_system(0),
])
def test_what_cannot_be_logged_is_refused_and_nothing_is_left(seal, bad):
    with pytest.raises(UsageError):
        bad()
    assert seal() == ()


def test_confusion_and_roc_agree_with_scikit_learn(seal, store):
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(5)
    true = random.integers(0, 3, 500)
    scores = random.random((500, 3)).round(2)  # ties
    scores[np.arange(500), true] += 0.3
    mlversion.log_confusion(true, scores.argmax(axis=1), step=2)
    mlversion.log_roc(true, scores)
    mlversion.log_roc(true > 0, scores[:, 0], name="binary")
    (run,) = seal()
    figures = {item.name: json.loads(store.read(item.digest)) for item in run.logged}
    counted = figures["confusion"]["data"][0]["marker"]["color"]
    assert counted == metrics.confusion_matrix(true, scores.argmax(axis=1)).ravel().tolist()
    for one in range(3):
        assert run.metrics[f"roc/auc/{one}"].last == pytest.approx(metrics.roc_auc_score(true == one, scores[:, one]))
    assert run.metrics["binary/auc"].last == pytest.approx(metrics.roc_auc_score(true > 0, scores[:, 0]))


def test_system_metrics_while_a_block_runs(seal):
    pytest.importorskip("psutil")
    with mlversion.run("a", system=0.1):
        pass
    run = seal()[0]
    assert run.metrics["system/memory_percent"].count == 2
    assert 0 < run.metrics["system/process_memory_gb"].last < 1000


def test_system_metrics_end_with_the_cell(own, seal):
    pytest.importorskip("psutil")
    watch = mlversion.log_system(60)
    own.end()
    assert watch._stopped.is_set()
    assert seal()[0].metrics["system/cpu_percent"].count == 2


def test_without_psutil_the_line_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    with pytest.raises(Exception, match=r'pip install "jupyter_mlversion\[system\]"'):
        system.Watch(1)


def test_too_many_names_are_refused_before_they_hurt(own, seal):
    own.log({f"m{number}": 0.5 for number in range(MOST_NAMES)})
    with pytest.raises(UsageError, match="'one more'"):
        own.log({"m0": 1.0, "one more": 0.5})
    assert seal()[0].metrics["m0"].count == 1
    assert len(seal()[0].metrics) == MOST_NAMES


def test_names_with_markup_and_half_characters(own, seal, store, segment_of):
    names = ["<b>x</b>", "val/loss", "a\nb", "\ud800", '"', "ü"]
    own.log(dict.fromkeys(names, 1.0))
    own.flush()
    reader = Reader(segment_of)
    assert reader.look()
    assert set(next(iter(reader.runs.values())).series) == set(names)
    assert set(json.loads(store.read(seal()[0].series))) == set(names)


def test_a_reader_follows_what_is_written(own, segment_of):
    reader = Reader(segment_of)
    assert not reader.look()
    own.log(x=math.nan, step=5)
    own.log_params(lr=0.1)
    own.flush()
    assert reader.look()
    with mlversion.run("b"):
        mlversion.log(y=2)
        mlversion.log_text("note", "hello")
    own.flush()
    reader.look()
    by_name = {run.name: run for run in reader.runs.values()}
    assert math.isnan(by_name[""].series["x"].columns()[2][0])
    assert (by_name[""].series["x"].steps[0], by_name[""].params) == (5, {"lr": 0.1})
    assert by_name["b"].status == "finished"
    assert by_name["b"].items["note", None].path.read_text() == "hello"
    assert reader.about["notebook"] == "a.ipynb"
    assert reader.is_alive()


def test_stored_files_go(own, seal, segment_of):
    mlversion.log_text("note", "hello")
    own.flush()
    path = own.current().items["note", None].path
    assert path.exists()
    seal()
    own.stored()
    assert not path.exists()
    assert seal()[0].logged[0].size == 5


def test_torn_and_foreign_lines_are_passed_over(own, segment_of):
    own.log(x=1.0)
    own.flush()
    with segment_of.open("ab") as file:
        file.write(b'{"cell_id": 5}\nnot json\n[1]\n{"cell_id":"c","started":1.0,"metric":"y","steps":[0],"tim')
    reader = Reader(segment_of)
    reader.look()
    assert [set(run.series) for run in reader.runs.values() if run.series] == [{"x"}]


CHILD = "import jupyter_mlversion as m\nfor i in range(100): m.log(x=i, child=i)\nwith m.run('inner'): m.log(z=1)\n"


def test_processes_log_into_the_run_of_their_cell(own, seal, segment_of):
    own.log(x=1000.0)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", CHILD], check=True)
    runs = {run.name: run for run in seal()}
    assert (runs[""].metrics["x"].count, runs[""].metrics["child"].count) == (201, 200)
    assert runs["inner"].metrics["z"].last == 1
    again = {run.name: run for run in seal()}
    assert again[""].metrics["x"].count == 201
    own.begin("cell")
    own.log(x=1.0)
    assert [run.metrics["x"].count for run in seal()] == [1]


def test_a_cell_whose_process_alone_logs_has_a_run(own, seal, segment_of):
    for _ in range(2):
        own.begin("train")
        subprocess.run([sys.executable, "-c", "import jupyter_mlversion as m; m.log(x=1)"], check=True)
    ((run),) = seal()
    assert (run.cell_id, run.metrics["x"].count) == ("train", 1)


def forked_child(value):
    recorder().log(x=value)
    recorder().flush()


def test_forked_processes_log_into_the_run_too(own, seal, segment_of):
    own.log(x=1.0)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=forked_child, args=(value,)) for value in (2.0, 3.0)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert seal()[0].metrics["x"].count == 3
    assert seal()[0].metrics["x"].high == 3.0


def test_a_full_disk_costs_no_value_and_is_told_once(own, seal, segment_of, monkeypatch, capsys):
    real, full = io.FileIO.write, [True]

    class Full(io.FileIO):
        def write(self, data):
            if full[0]:
                real(self, bytes(data)[:7])
                raise OSError(28, "No space left on device")
            return real(self, data)

    monkeypatch.setattr(segment.Path, "open", lambda self, mode, buffering: Full(self, mode))
    for _ in range(3):
        own.log(x=1.0)
        assert not own._segment.flush()
    assert capsys.readouterr().err.count("No space left on device") == 1
    full[0] = False
    monkeypatch.undo()
    own.flush()
    reader = Reader(segment_of)
    reader.look()
    assert [list(run.series["x"].values) for run in reader.runs.values()] == [[1.0, 1.0, 1.0]]
    assert seal()[0].metrics["x"].count == 3


def test_a_disk_that_hangs_stops_nobody(own, seal, segment_of):
    hanging, release = threading.Event(), threading.Event()
    write = own._segment._append

    def hang(path, data):
        hanging.set()
        release.wait(60)
        write(path, data)

    own._segment._append = hang
    own.log(x=1.0)
    assert hanging.wait(30)
    begun = time.monotonic()
    for _ in range(1000):
        own.log(x=1.0)
    seal()
    own.stored()
    own.end()
    own.begin("next")
    assert time.monotonic() - begun < 5
    release.set()


def test_logging_costs_little(own, segment_of):
    """Far above what it costs (see benchmarks/), so that a busy machine does not fail it; far below a slip."""
    begun = time.process_time()
    for step in range(20_000):
        mlversion.log(loss=0.5, step=step)
    own.flush()
    assert (time.process_time() - begun) / 20_000 < 20e-6


def test_the_environment_tells_processes_their_run(own, segment_of):
    assert os.environ["MLVERSION_RUN"].startswith(f"{segment_of}|cell|")
    with mlversion.run("a") as run:
        assert run.id in os.environ["MLVERSION_RUN"]
    assert run.id not in os.environ["MLVERSION_RUN"]
    assert recorder() is own
