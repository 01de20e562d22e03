"""Logging metrics and parameters, and sealing them."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.store import Store
from jupyter_mlversion.tracking import Recorder


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def seal(recorder, tmp_path):
    def sealed():
        store = Store(tmp_path / "store")
        with store.batch() as batch:
            runs = recorder.seal(batch)
        return [(run, json.loads(store.read(run.series)) if run.series else None) for run in runs]

    return sealed


def test_a_run_has_what_one_execution_logged(recorder, seal):
    recorder.begin("cell")
    for step in range(3):
        recorder.log(loss=1 / (step + 1), acc=step)
    recorder.log_params(depth=5, name="adam")
    ((run, series),) = seal()
    assert run.cell_id == "cell"
    assert run.params == {"depth": 5, "name": "adam"}
    assert run.metrics["loss"].last == run.metrics["loss"].low == pytest.approx(1 / 3)
    assert (run.metrics["loss"].high, run.metrics["loss"].count, run.metrics["loss"].last_step) == (1.0, 3, 2)
    assert series["acc"]["steps"] == [0, 1, 2]
    assert series["acc"]["values"] == [0.0, 1.0, 2.0]
    assert series["loss"]["times"] == sorted(series["loss"]["times"])


def test_the_latest_execution_that_logged_counts(recorder, seal):
    recorder.begin("a")
    recorder.log(x=1)
    recorder.begin("b")
    recorder.log(y=1)
    recorder.begin("a")
    recorder.log(x=5)
    recorder.begin("b")  # logs nothing this time
    ((run, _),) = seal()
    assert (run.cell_id, run.metrics["x"].last, run.metrics["x"].count) == ("a", 5, 1)


def test_what_was_logged_before_the_cell_that_runs_anew_stays(recorder, seal):
    for cell in ("parameters", "train", "evaluate", "train"):
        recorder.begin(cell)
        recorder.log({cell: 1})
    assert [run.cell_id for run, _ in seal()] == ["parameters", "train"]
    recorder.begin("evaluate")
    recorder.log(evaluate=2)
    assert [run.cell_id for run, _ in seal()] == ["parameters", "train", "evaluate"]


def test_a_console_has_one_run(recorder, seal):
    for value in range(3):
        recorder.begin("")
        recorder.log(x=value)
    ((run, _),) = seal()
    assert run.metrics["x"].count == 3


def test_steps_go_on_from_the_last(recorder, seal):
    recorder.log({"x": 1}, step=10)
    recorder.log({"x": 2})
    recorder.log(x=3, step=np.int64(4))
    ((_, series),) = seal()
    assert series["x"]["steps"] == [10, 11, 4]


def test_nan_and_infinities_are_kept(recorder, seal):
    for value in (math.nan, math.inf, -math.inf, 2.0):
        recorder.log(x=value)
    ((run, series),) = seal()
    assert series["x"]["values"] == ["NaN", "Infinity", "-Infinity", 2.0]
    assert (run.metrics["x"].low, run.metrics["x"].high) == (-math.inf, math.inf)
    recorder.begin("only")
    recorder.log(y=math.nan)
    only = next(run for run, _ in seal() if run.cell_id == "only")
    assert math.isnan(only.metrics["y"].low)


@pytest.mark.parametrize("value", [
    True, 3, Fraction(1, 2), np.float32(0.5), np.int8(3), np.array(2.5), np.array([2.5]), np.bool_(True),
])
def test_numbers_of_all_kinds(recorder, seal, value):
    recorder.log(x=value)
    assert seal()[0][0].metrics["x"].last == float(np.asarray(value, dtype=float).item())


@pytest.mark.parametrize("value", ["0.5", None, [1.0], np.array([1.0, 2.0]), 1j, {"a": 1}, 10**400, object()])
def test_what_is_no_number_is_refused_by_name(recorder, seal, value):
    with pytest.raises(UsageError, match="'val/loss'"):
        recorder.log({"good": 1.0, "val/loss": value})
    assert seal() == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 251, 3])
def test_names_that_cannot_be(recorder, name):
    with pytest.raises(UsageError, match="metric"):
        recorder.log({name: 1.0})
    with pytest.raises(UsageError, match="parameter"):
        recorder.log_params({name: 1.0})


@pytest.mark.parametrize("step", ["1", 1.5, 2**70, [1]])
def test_steps_that_cannot_be(recorder, step):
    with pytest.raises(UsageError, match="'x'"):
        recorder.log(x=1.0, step=step)


def test_metrics_are_a_dictionary(recorder):
    with pytest.raises(UsageError, match="dictionary"):
        recorder.log(0.5)
    with pytest.raises(UsageError, match="dictionary"):
        recorder.log_params([("a", 1)])


def test_parameters_that_are_no_scalars_become_text(recorder, seal):
    recorder.log_params(layers=[1, 2], long="x" * 1000, big=10**30, item=np.float64(0.5), none=None, path=Path("a"))
    params = seal()[0][0].params
    assert params == {"layers": "[1, 2]", "long": "x" * 500, "big": str(10**30), "item": 0.5, "none": None, "path": "a"}


def test_nothing_logged_is_no_run(recorder, seal):
    recorder.begin("a")
    recorder.log()
    recorder.log({})
    recorder.log_params({})
    assert seal() == []


def test_sealing_twice_gives_the_same_and_more_gives_more(recorder, seal):
    recorder.log(x=1)
    first = seal()
    assert seal() == first
    recorder.log(x=2)
    assert seal()[0][0].metrics["x"].count == 2


def test_the_segment_holds_what_was_logged(recorder, tmp_path):
    (tmp_path / ".mlversion").mkdir()
    path = tmp_path / ".mlversion" / "metrics" / "session.jsonl"
    recorder.begin("cell")
    recorder.log(x=1)
    recorder.attach(path)
    recorder.log(x=math.nan)
    recorder.log_params(a=1)
    recorder.flush()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [value for line in lines for value in line.get("values", [])] == [1.0, "NaN"]
    assert [line["params"] for line in lines if "params" in line] == [{"a": 1}]
    assert {line["cell_id"] for line in lines} == {"cell"}


def test_without_a_workspace_nothing_is_written(recorder, tmp_path):
    recorder.attach(tmp_path / ".mlversion" / "metrics" / "session.jsonl")
    recorder.log(x=1)
    recorder.flush()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_keeps_what_it_logged(tmp_path):
    (tmp_path / ".mlversion").mkdir()
    path = tmp_path / ".mlversion" / "metrics" / "s.jsonl"
    code = f"""
from pathlib import Path
from jupyter_mlversion.tracking import recorder
recorder().attach(Path({str(path)!r}))
for number in range(1000):
    recorder().log(x=number)
print("logged", flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"logged\n"
        deadline = time.monotonic() + 30
        while not path.exists() or b"999.0" not in path.read_bytes():
            assert time.monotonic() < deadline
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
    values = [value for line in path.read_text().splitlines() for value in json.loads(line)["values"]]
    assert values == [float(number) for number in range(1000)]


@pytest.fixture
def segment(recorder, tmp_path):
    (tmp_path / ".mlversion").mkdir()
    path = tmp_path / ".mlversion" / "metrics" / "session.jsonl"
    recorder.attach(path)
    return path


def written(path):
    return [value for line in path.read_text().splitlines() for value in json.loads(line).get("values", [])]


def test_what_a_checkpoint_stored_is_not_kept_twice(recorder, seal, segment):
    recorder.log(x=1)
    recorder.flush()
    seal()
    assert written(segment) == [1.0]
    recorder.stored()
    assert not segment.exists()
    recorder.flush()
    assert not segment.exists()
    recorder.log(x=2)
    recorder.flush()
    assert written(segment) == [2.0]


def test_what_was_logged_since_it_was_sealed_stays(recorder, seal, segment):
    recorder.log(x=1)
    seal()
    recorder.log_params(depth=3)
    recorder.stored()
    recorder.flush()
    assert written(segment) == [1.0]
    assert b"depth" in segment.read_bytes()


def test_the_lines_are_read_as_documented(recorder, segment):
    import pandas as pd

    recorder.begin("cell")
    recorder.log(loss=0.5)
    recorder.log(loss=0.25)
    recorder.flush()
    (row,) = pd.read_json(segment, lines=True).to_dict("records")
    assert (row["cell_id"], row["metric"], row["steps"], row["values"]) == ("cell", "loss", [0, 1], [0.5, 0.25])


def test_files_of_the_dead_go_after_a_week(recorder, segment):
    other = Recorder()
    names = ("young", "old", "live")
    paths = {name: segment.with_name(f"{name}.jsonl") for name in names}
    segment.parent.mkdir(exist_ok=True)
    for name in ("young", "old"):
        paths[name].write_text("{}\n")
    other.attach(paths["live"])
    other.log(x=1)
    other.flush()
    for name in ("old", "live"):
        os.utime(paths[name], (time.time() - 8 * 86400,) * 2)
    Recorder().attach(segment.with_name("next.jsonl"))
    assert {name for name in names if paths[name].exists()} == {"young", "live"}


def test_a_removed_folder_is_written_anew(recorder, segment):
    recorder.log(x=1)
    recorder.flush()
    segment.unlink()
    recorder.log(x=2)
    recorder.flush()
    assert written(segment) == [2.0]


def test_a_fork_leaves_the_parents_file_alone(recorder, segment):
    recorder.log(x=1)
    recorder.flush()
    pid = os.fork()
    if not pid:
        recorder.log(x=99)
        recorder.flush()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    recorder.log(x=2)
    recorder.flush()
    assert written(segment) == [1.0, 2.0]


def test_threads_that_log_while_checkpoints_store_lose_nothing(recorder, seal, segment):
    threads = [threading.Thread(target=lambda: [recorder.log(x=1) for _ in range(2000)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        recorder.flush()
        seal()
        recorder.stored()
    ((run, _),) = seal()
    recorder.stored()
    assert run.metrics["x"].count == 4000
    assert not segment.exists()
