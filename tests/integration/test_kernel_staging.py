"""Tagged cells in a real kernel: what is staged, when, and when not."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from jupyter_mlversion.domain.version import Document, Trigger
from jupyter_mlversion.repository import Repository

LOAD = '__import__("jupyter_mlversion.kernel", fromlist=["load"]).load()'
TIMEOUT = 60


class Kernel:
    """A kernel, and a front end that sends cells as JupyterLab does and never joins."""

    def __init__(self, notebook):
        self.notebook = notebook
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(notebook.parent), env={**os.environ, "JPY_SESSION_NAME": str(notebook)})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.comms = []
        assert self.run(LOAD, silent=True)["status"] == "ok"

    def send(self, source, *tags, cell="cell", silent=False):
        content = {"code": source, "silent": silent, "store_history": not silent, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content, metadata={"tags": list(tags), "cellId": cell})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def wait(self, request):
        """The reply, with the streams and errors of the cell; comms are collected on the way."""
        deadline = time.monotonic() + TIMEOUT
        reply = None
        while reply is None or reply["parent_header"]["msg_id"] != request:
            reply = self.client.get_shell_msg(timeout=deadline - time.monotonic())
        text, idle = [], False
        while not idle:
            message = self.client.get_iopub_msg(timeout=deadline - time.monotonic())
            content, kind = message["content"], message["msg_type"]
            if kind == "comm_open" and content["target_name"] == "jupyter_mlversion":
                self.comms.append(content["data"])
            elif message["parent_header"].get("msg_id") == request:
                text.append(content.get("text", "") or "\n".join(content.get("traceback", [])))
                idle = kind == "status" and content["execution_state"] == "idle"
        return {**reply["content"], "text": "".join(text)}

    def run(self, source, *tags, cell="cell", silent=False):
        return self.wait(self.send(source, *tags, cell=cell, silent=silent))

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "mlversion.toml").write_text("join_timeout = 300\n")
    return tmp_path


@pytest.fixture
def start(workspace):
    kernels = []

    def start_one(name="a.ipynb"):
        notebook = workspace / name
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"# {name}")]), notebook)
        kernels.append(Kernel(notebook))
        return kernels[-1]

    yield start_one
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(start):
    return start()


def staged(workspace):
    return Repository.open(workspace).staged() if (workspace / ".mlversion").exists() else []


def paths_of(record):
    return {artifact.path for artifact in record.snapshot.artifacts}


def stored(workspace, artifact):
    return Repository.open(workspace).store.read(artifact.digest)


def test_a_tagged_cell_is_staged_and_announced(kernel, workspace):
    kernel.run("# Train it\nopen('m.bin', 'w').write('1')", "checkpoint", cell="abc")
    (record,) = staged(workspace)
    (comm,) = kernel.comms
    event = record.checkpoint
    assert comm == {"event": "staged", "key": event.key, "cell_id": "abc", "when": "cell-finished",
                    "seconds": record.seconds, "message": "Train it"}
    assert (event.cell_id, event.notebook, event.trigger, event.message) == ("abc", "a.ipynb", Trigger.CELL, "Train it")
    assert [artifact.path for artifact in record.snapshot.artifacts] == ["m.bin"]
    assert record.snapshot.environment.python
    outcome = Repository.open(workspace).join(event.key)
    assert outcome.version.document == Document.AS_SAVED
    assert Repository.open(workspace).join(event.key).version.id == outcome.version.id


def test_the_first_cells_bytes_although_the_next_overwrites_at_once(kernel, workspace):
    requests = [
        kernel.send("open('model.pt', 'w').write('first')", "checkpoint", cell="1"),
        kernel.send("open('model.pt', 'w').write('second')", cell="2"),
        kernel.send("open('model.pt', 'a').write(' and third')", "checkpoint", cell="3"),
    ]
    for request in requests:
        kernel.wait(request)
    contents = [stored(workspace, record.snapshot.artifact("model.pt")) for record in staged(workspace)]
    assert contents == [b"first", b"second and third"]


def test_nothing_is_staged(kernel, workspace):
    kernel.run("1")
    kernel.run("1", "other")
    for source in ("1 / 0", "raise KeyboardInterrupt", "this is no Python"):
        assert kernel.run(source, "checkpoint")["status"] == "error"
    for source in ("%mlversion checkpoint\n1 / 0", "%%checkpoint\n1 / 0", "%mlversion checkpoint --nonsense"):
        assert kernel.run(source)["status"] == "error"
    kernel.run("'a request does not outlive its cell'")
    assert kernel.comms == []
    assert not (workspace / ".mlversion").exists()


def test_aborted_cells_are_not_staged(kernel, workspace):
    first = kernel.send("import time; time.sleep(0.2); 1 / 0", "checkpoint", cell="1")
    second = kernel.send("open('never', 'w')", "checkpoint", cell="2")
    assert kernel.wait(first)["status"] == "error"
    assert kernel.wait(second)["status"] in {"aborted", "error"}
    assert staged(workspace) == []


def test_an_interrupted_cell_is_not_staged(kernel, workspace):
    request = kernel.send("open('started', 'w').close()\nimport time\nwhile True: time.sleep(0.01)", "checkpoint")
    until((workspace / "started").exists)
    kernel.manager.interrupt_kernel()
    assert kernel.wait(request)["ename"] == "KeyboardInterrupt"
    assert staged(workspace) == []


def test_the_cell_magic_is_an_ordinary_cell_otherwise(kernel, workspace):
    kernel.run("value = 'it''s'")
    kernel.run("%%checkpoint It's {value} $value\nopen('m', 'w').write(value)\nprint(value)")
    (record,) = staged(workspace)
    assert record.checkpoint.message == "It's {value} $value"
    assert record.checkpoint.trigger == Trigger.MAGIC


def test_the_cell_magic_around_another(kernel, workspace):
    reply = kernel.run("%%checkpoint timed\n%%time\nopen('m', 'w').write('1')")
    assert "Wall time" in reply["text"]
    assert [record.checkpoint.message for record in staged(workspace)] == ["timed"]


def test_the_cell_magic_around_one_that_runs_a_cell_within(kernel, workspace):
    kernel.run("%%checkpoint captured\n%%capture\nopen('m', 'w').write('1')", cell="abc")
    (record,) = staged(workspace)
    assert (record.checkpoint.message, record.checkpoint.cell_id) == ("captured", "abc")
    assert record.snapshot.artifact("m") is not None
    kernel.run("%%capture\n%%checkpoint within\n'another'")
    assert [record.checkpoint.message for record in staged(workspace)] == ["captured", "within"]


def test_a_cell_within_a_cell_is_no_cell_of_its_own(kernel, workspace):
    kernel.run("%%capture\nprint('hidden')", "checkpoint", cell="abc")
    assert [(comm["event"], comm["cell_id"]) for comm in kernel.comms] == [("staged", "abc")]
    kernel.run("""
import jupyter_mlversion as m
m.log(a=1); m.split(10, name='one')
get_ipython().run_cell("m.log(b=2); open('m', 'w').write('1')")
get_ipython().run_cell("")
m.log(c=3); m.split(10, name='two')
""", "checkpoint", cell="outer")
    _, record = staged(workspace)
    assert record.snapshot.metrics == {"a": 1, "b": 2, "c": 3}
    assert [run.cell_id for run in record.snapshot.runs] == ["outer"]
    assert [split.name for split in record.snapshot.splits] == ["one", "two"]
    assert "m" in paths_of(record)
    assert len(kernel.comms) == 2


@pytest.mark.parametrize("source", [
    "%%capture\n1 / 0",
    "%%capture\nthis is no Python",
    "%%time\n1 / 0",
    "%%checkpoint asked\n%%capture\n1 / 0",
    "%run fails.py",
    "get_ipython().run_cell('1 / 0')\nprint('goes on')",
])
def test_an_error_that_a_magic_keeps_to_itself_is_an_error(kernel, workspace, source):
    (workspace / "fails.py").write_text("1 / 0")
    reply = kernel.run(source, "checkpoint", cell="abc")
    assert not (workspace / ".mlversion").exists()
    if reply["status"] == "ok":  # then nothing else says that something went wrong
        assert "No version was made: the cell raised" in reply["text"]
        assert [comm["event"] for comm in kernel.comms] == ["error"]
    kernel.run("'the next one is not to blame'", "checkpoint")
    assert len(staged(workspace)) == 1


def test_a_cell_interrupted_while_it_waits_does_not_swallow_the_next(kernel, workspace):
    wait = "for _ in range(1000): await asyncio.sleep(0.05)"  # wakes up, so that the interrupt is seen
    mark = "asyncio.get_running_loop().call_later(0.5, lambda: open('started', 'w').close())"
    request = kernel.send(f"import asyncio\n{mark}\n{wait}", "checkpoint")
    until((workspace / "started").exists)
    kernel.manager.interrupt_kernel()
    assert kernel.wait(request)["status"] == "error"
    assert kernel.comms == []
    kernel.run("2", "checkpoint", cell="next")
    assert [comm["cell_id"] for comm in kernel.comms] == ["next"]


def test_the_line_magic_waits_for_the_end_of_the_cell(kernel, workspace):
    kernel.run("%mlversion checkpoint -m 'with a message'\nopen('later', 'w').write('1')")
    (record,) = staged(workspace)
    assert record.checkpoint.message == "with a message"
    assert record.snapshot.artifact("later") is not None


def test_checkpoint_in_a_loop_is_now(kernel, workspace):
    kernel.run("""
import jupyter_mlversion as mlversion
for epoch in range(3):
    open('model', 'w').write(str(epoch))
    mlversion.log(loss=1 / (epoch + 1))
    mlversion.checkpoint(f'epoch {epoch}')
open('model', 'w').write('end')
""", cell="loop")
    records = staged(workspace)
    assert [record.checkpoint.message for record in records] == ["epoch 0", "epoch 1", "epoch 2"]
    assert [stored(workspace, record.snapshot.artifact("model")) for record in records] == [b"0", b"1", b"2"]
    assert [record.snapshot.runs[0].metrics["loss"].count for record in records] == [1, 2, 3]
    assert [comm["when"] for comm in kernel.comms] == ["now"] * 3
    assert {record.checkpoint.cell_id for record in records} == {"loop"}


def test_metrics_params_and_splits_of_all_cells(kernel, workspace):
    kernel.run("import jupyter_mlversion as m\nm.log_params(depth=3)\ns = m.split(10, target=[0, 1] * 5)", cell="setup")
    kernel.run("m.log(acc=0.5)", cell="train")
    kernel.run("m.log(acc=0.75)", cell="train")
    kernel.run("1", "checkpoint", cell="end")
    (record,) = staged(workspace)
    assert record.snapshot.metrics == {"acc": 0.75}
    assert record.snapshot.params == {"depth": 3}
    assert [run.cell_id for run in record.snapshot.runs] == ["setup", "train"]
    (split,) = record.snapshot.splits
    assert split.cell_id == "setup"
    assert json.loads(Repository.open(workspace).store.read(split.parts[1].rows))


def test_logged_values_are_on_disk_until_a_checkpoint_has_them(kernel, workspace):
    kernel.run("1", "checkpoint")
    metrics = workspace / ".mlversion" / "metrics"
    kernel.run("import jupyter_mlversion as m; m.log(acc=0.5)", cell="train")
    until(lambda: any(b"acc" in path.read_bytes() for path in metrics.glob("*.jsonl")))
    kernel.run("2", "checkpoint")
    assert staged(workspace)[1].snapshot.metrics == {"acc": 0.5}
    assert list(metrics.iterdir()) == []


def test_local_modules_and_tracked_patterns(kernel, workspace):
    (workspace / "local_model.py").write_text("depth = 3\n")
    (workspace / "notes.md").write_text("notes")
    kernel.run("import local_model, jupyter_mlversion; jupyter_mlversion.track('*.md')", "checkpoint")
    (record,) = staged(workspace)
    assert record.snapshot.code.modules == ("local_model.py",)
    assert {"local_model.py", "notes.md"} <= paths_of(record)


def test_the_cell_tag_can_be_another_and_changes_at_once(kernel, workspace):
    (workspace / "mlversion.toml").write_text("cell_tag = 'keep'\njoin_timeout = 300\n")
    kernel.run("1", "checkpoint")
    assert staged(workspace) == []
    kernel.run("2", "keep")
    assert len(staged(workspace)) == 1


def test_a_failing_checkpoint_is_told_and_the_cell_is_fine(kernel, workspace):
    (workspace / "mlversion.toml").write_text("nonsense = 1\n")
    reply = kernel.run("x = 5", "checkpoint", cell="abc")
    assert reply["status"] == "ok"
    assert "No version was made: mlversion.toml has an unknown entry: nonsense" in reply["text"]
    (comm,) = kernel.comms
    assert comm["event"] == "error"
    assert comm["cell_id"] == "abc"
    assert comm["error"]["kind"] == "invalid-config"
    assert kernel.run("assert x == 5")["status"] == "ok"


def test_no_document_in_time_makes_the_version_as_saved(kernel, workspace):
    (workspace / "mlversion.toml").write_text("join_timeout = 0.1\n")
    kernel.run("open('m', 'w').write('1')", "checkpoint")
    until(lambda: (workspace / ".mlversion").exists() and Repository.open(workspace).log())
    (version,) = Repository.open(workspace).log()
    assert version.document == Document.AS_SAVED
    assert staged(workspace) == []


def test_a_cell_that_lists_waits_for_the_version_of_the_cell_before(kernel, workspace):
    kernel.run("# The first\nx = 1", "checkpoint")
    listing = kernel.send("%mlversion log")  # as when all cells are run at once: before the front end answered
    Repository.open(workspace).join(kernel.comms[0]["key"])
    assert "The first" in kernel.wait(listing)["text"]


def test_a_cell_that_lists_does_not_wait_for_ever(kernel, workspace):
    kernel.run("x = 1", "checkpoint")
    assert "The first" not in kernel.run("%mlversion log")["text"]
    assert len(staged(workspace)) == 1


def test_the_magic_alone_says_what_there_is(kernel):
    assert "checkpoint -m" in kernel.run("%mlversion")["text"]


def test_two_kernels_keep_their_files_apart(start, workspace):
    (workspace / "a.csv").write_text("a")
    (workspace / "b.csv").write_text("b")
    one, two = start("one.ipynb"), start("two.ipynb")
    # Both cells run while the other reads and writes; each ends only when the other has done its part.
    both = """
import time
from pathlib import Path
def meet(mine, other):
    Path(mine).touch()
    while not Path(other).exists():
        time.sleep(0.01)
"""
    first = one.send(f"{both}open('a.csv').read(); open('a.pt', 'w').write('1')\nmeet('../m1', '../m2')", cell="1")
    second = two.send(f"{both}open('b.csv').read(); open('b.pt', 'w').write('1')\nmeet('../m2', '../m1')", cell="2")
    one.wait(first)
    two.wait(second)
    long = two.send("meet('../m3', '../m4')", cell="3")
    until((workspace.parent / "m3").exists)
    one.run("1", "checkpoint", cell="4")  # reads a.* in order to store them, while a cell of two runs
    (workspace.parent / "m4").touch()
    two.wait(long)
    two.run("1", "checkpoint", cell="5")
    paths = {record.checkpoint.notebook: paths_of(record) for record in staged(workspace)}
    assert paths == {"one.ipynb": {"a.csv", "a.pt"}, "two.ipynb": {"b.csv", "b.pt"}}


def test_what_happens_between_cells_is_not_the_notebooks(kernel, workspace):
    kernel.run("1")
    (workspace / "by_hand.csv").write_text("1")
    (workspace / "by_hand.csv").read_text()
    kernel.run("2", "checkpoint")
    (record,) = staged(workspace)
    assert record.snapshot.artifacts == ()


def test_silent_loading_again_is_harmless(kernel, workspace):
    kernel.run(LOAD, silent=True)
    kernel.run("%load_ext jupyter_mlversion")
    kernel.run("1", "checkpoint")
    assert len(staged(workspace)) == 1
    assert len(kernel.comms) == 1


def test_magics_show_versions_and_errors(kernel, workspace):
    assert "no versions" in kernel.run("%mlversion log")["text"]
    kernel.run("open('m', 'w').write('1')", "checkpoint")
    Repository.open(workspace).join(staged(workspace)[0].checkpoint.key)
    assert "open('m', 'w')" in kernel.run("%mlversion log")["text"]
    assert kernel.run("versions = %mlversion log --json\nassert versions[0]['notebook'] == 'a.ipynb'")["status"] == "ok"
    shown = kernel.run("%mlversion show nonsense")
    assert "nonsense" in shown["text"]
    assert "Traceback" not in shown["text"]
    assert "status" in kernel.run("%mlversion --help")["text"]


def until(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_the_users_files_only(kernel, workspace):
    kernel.run("""
import os, pathlib
for name in ('.git', 'venv', '__pycache__'):
    os.makedirs(name, exist_ok=True)
    pathlib.Path(name, 'file.txt').write_text('1')
pathlib.Path('venv', 'pyvenv.cfg').write_text('')
pathlib.Path('.env').write_text('secret')
pathlib.Path('fifo_neighbour').write_text('1')
os.mkfifo('fifo')
os.symlink('fifo_neighbour', 'link')
open('link').read()
open('gone', 'w').close(); os.remove('gone')
""", "checkpoint")
    (record,) = staged(workspace)
    assert paths_of(record) == {"fifo_neighbour", "link"}


def test_nothing_is_left_in_the_runtime_folder(kernel, workspace):
    from jupyter_core.paths import jupyter_runtime_dir

    kernel.run("1", "checkpoint")
    left = Path(jupyter_runtime_dir(), "mlversion").rglob("*")
    marks = [path for path in left if path.suffix in {".staging", ".staged"}]
    assert marks == []
