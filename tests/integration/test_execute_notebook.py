"""Notebooks executed headless, in real kernels."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time

import nbformat
import pytest

from jupyter_mlversion.domain.version import Document, Trigger
from jupyter_mlversion.errors import (
    Cancelled,
    Conflict,
    FileFailure,
    InvalidNotebook,
    MissingKernel,
    OutsideWorkspace,
    UnknownPath,
    UsageError,
)
from jupyter_mlversion.execute import execute_notebook
from jupyter_mlversion.repository import Repository


def cell(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def write(tmp_path):
    def written(*cells, name="a.ipynb", **metadata):
        notebook = tmp_path / name
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells), metadata=metadata), notebook)
        return Repository.open(tmp_path, create=True), notebook

    return written


def outputs(notebook):
    document = json.loads(notebook.read_text())
    nbformat.validate(document)
    shown = [output for cell in document["cells"] for output in cell.get("outputs", [])]
    return ["".join(output.get("text", output.get("ename", ""))) for output in shown]


def test_every_tagged_cell_makes_a_version_with_its_outputs(write):
    repository, notebook = write(
        nbformat.v4.new_markdown_cell("# title"),
        cell("open('m', 'w').write('1')\nprint('one')", "checkpoint"),
        cell("open('m', 'w').write('2')"),
        cell("print('two')", "checkpoint"),
        cell("", "checkpoint"),
    )
    steps = []
    executed = execute_notebook(repository, notebook, progress=lambda *step: steps.append(step))
    assert executed.failed is None
    assert executed.notes == []
    assert [version.trigger for version in executed.versions] == [Trigger.EXECUTE] * 2
    assert [version.document for version in executed.versions] == [Document.LIVE] * 2
    assert [version.short for version in repository.log(safety=False)] == [
        version.short for version in executed.versions[::-1]
    ]
    first, second = (repository.show(version.id).snapshot for version in executed.versions)
    assert repository.store.read(first.artifact("m").digest) == b"1"
    assert repository.store.read(second.artifact("m").digest) == b"2"
    document = repository.store.read(first.artifact("a.ipynb").digest)
    assert b"one\\n" in document
    assert b"two\\n" not in document
    assert repository.store.read(second.artifact("a.ipynb").digest) == notebook.read_bytes()
    assert steps[0] == ("cells", 0, 5)
    assert steps[-1] == ("cells", 5, 5)
    assert repository.staged() == []


def test_unchanged_makes_no_second_version(write):
    repository, notebook = write(cell("print('same')", "checkpoint"))
    assert len(execute_notebook(repository, notebook).versions) == 1
    assert execute_notebook(repository, notebook).versions == []


def versions_with(repository, data):
    from jupyter_mlversion.store import digest_of_bytes

    digest = digest_of_bytes(data)
    return [
        (version.message, version.trigger)
        for version in repository.log()
        if any(item.digest == digest for item in repository.show(version.id).snapshot.artifacts)
    ]


def test_a_version_has_the_original_and_it_is_replaced_atomically(write):
    repository, notebook = write(cell("print(1)"))
    notebook.chmod(0o640)
    original = notebook.read_bytes()
    execute_notebook(repository, notebook)
    assert outputs(notebook) == ["1\n"]
    assert stat.S_IMODE(notebook.stat().st_mode) == 0o640
    assert versions_with(repository, original) == [("before execute", Trigger.SAFETY)]
    assert sorted(path.name for path in notebook.parent.iterdir()) == [".mlversion", "a.ipynb"]


def test_precious_outputs_come_back_after_a_failure(write):
    precious = cell("print('took a week')")
    precious["outputs"] = [nbformat.v4.new_output("stream", text="precious\n")]
    repository, notebook = write(cell("1 / 0", "checkpoint"), precious)
    original = notebook.read_bytes()
    assert execute_notebook(repository, notebook).failed is not None
    assert notebook.read_bytes() != original
    (version,) = repository.log()
    repository.restore(version.id, notebook=notebook)
    assert notebook.read_bytes() == original


def test_what_the_head_holds_needs_no_other_version(write):
    repository, notebook = write(cell("print('same')", "checkpoint"))
    for _ in range(3):
        execute_notebook(repository, notebook)
    assert [version.trigger for version in repository.log()] == [Trigger.EXECUTE, Trigger.SAFETY]


def test_another_notebook_in_the_way_is_in_a_version(write, tmp_path):
    repository, notebook = write(cell("print(1)", "checkpoint"))
    output = tmp_path / "out.ipynb"
    output.write_bytes(notebook.read_bytes().replace(b"print(1)", b"print(2)"))
    original = output.read_bytes()
    execute_notebook(repository, notebook, output=output)
    assert versions_with(repository, original) == [("before execute", Trigger.SAFETY)]


def test_what_cannot_be_kept_is_not_replaced_and_no_cell_runs(write, tmp_path):
    repository, notebook = write(cell("open('ran', 'w')"))
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    for output in ("fifo.ipynb", "folder.ipynb"):
        with pytest.raises(FileFailure, match=output):
            execute_notebook(repository, notebook, output=tmp_path / output)
    assert stat.S_ISFIFO((tmp_path / "fifo.ipynb").stat().st_mode)
    assert not (tmp_path / "ran").exists()


def test_into_another_file(write, tmp_path):
    repository, notebook = write(cell("print(1)", "checkpoint"))
    original = notebook.read_bytes()
    output = tmp_path / "out.ipynb"
    executed = execute_notebook(repository, notebook, output=output)
    assert notebook.read_bytes() == original
    assert outputs(output) == ["1\n"]
    assert executed.versions[0].notebook == "a.ipynb"


def test_a_file_outside_is_not_overwritten(write, tmp_path_factory):
    repository, notebook = write(cell("print(1)"))
    outside = tmp_path_factory.mktemp("outside") / "precious.ipynb"
    outside.write_text("precious")
    with pytest.raises(Conflict, match="precious"):
        execute_notebook(repository, notebook, output=outside)
    assert outside.read_text() == "precious"


def test_a_failing_cell_stops_it_and_earlier_versions_stay(write):
    repository, notebook = write(
        cell("print('good')", "checkpoint"), cell("1 / 0", "checkpoint"), cell("open('never', 'w')", "checkpoint")
    )
    executed = execute_notebook(repository, notebook)
    assert len(executed.versions) == 1
    assert executed.failed.message == "ZeroDivisionError: division by zero"
    assert executed.failed.cell_id == json.loads(notebook.read_text())["cells"][1]["id"]
    assert "1 / 0" in executed.failed.traceback or "ZeroDivisionError" in executed.failed.traceback
    assert outputs(notebook) == ["good\n", "ZeroDivisionError"]
    assert not (notebook.parent / "never").exists()


def test_a_cell_that_may_fail_goes_on_without_a_version(write):
    repository, notebook = write(cell("1 / 0", "checkpoint", "raises-exception"), cell("print(2)"))
    executed = execute_notebook(repository, notebook)
    assert (executed.failed, executed.versions) == (None, [])
    assert outputs(notebook) == ["ZeroDivisionError", "2\n"]


def test_parameters_go_below_their_defaults(write):
    repository, notebook = write(cell("n = 1\nname = 'x'", "parameters"), cell("print(n, name, rate)"))
    parameters = {"n": 5, "name": "it's", "rate": float("inf")}
    assert execute_notebook(repository, notebook, parameters=parameters).failed is None
    assert outputs(notebook) == ["5 it's inf\n"]
    execute_notebook(repository, notebook, parameters={**parameters, "n": 6})
    assert outputs(notebook) == ["6 it's inf\n"]
    assert len(json.loads(notebook.read_text())["cells"]) == 3


def test_a_parameter_that_is_no_name(write):
    repository, notebook = write(cell("1"))
    original = notebook.read_bytes()
    with pytest.raises(UsageError, match="'a b'"):
        execute_notebook(repository, notebook, parameters={"a b": 1})
    assert notebook.read_bytes() == original


def test_cells_without_ids_have_runs_of_their_own(write):
    repository, notebook = write()
    document = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "metadata": {"tags": tags}, "outputs": [], "source": source}
            for source, tags in (
                ("import jupyter_mlversion as m\nm.log(first=1)\nm.split(10, name='one')", []),
                ("m.log(second=2)\nm.split(10, name='two')", ["checkpoint"]),
            )
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
    }
    notebook.write_text(json.dumps(document))
    (version,) = execute_notebook(repository, notebook).versions
    snapshot = repository.show(version.id).snapshot
    assert [(run.cell_id, dict(run.metrics).keys()) for run in snapshot.runs] == [("#0", {"first"}), ("#1", {"second"})]
    assert [split.cell_id for split in snapshot.splits] == ["#0", "#1"]
    assert all("id" not in cell for cell in json.loads(notebook.read_text())["cells"])


def test_now_and_at_the_end(write):
    source = "import jupyter_mlversion as m\nprint('before')\nm.log(loss=1)\nm.checkpoint('now')\nprint('after')"
    repository, notebook = write(cell(source, "checkpoint"))
    executed = execute_notebook(repository, notebook)
    assert [version.message for version in executed.versions] == ["now", "print('before')"]
    assert [version.document for version in executed.versions] == [Document.LIVE] * 2
    snapshots = [repository.show(version.id).snapshot for version in executed.versions]
    now, end = (repository.store.read(snapshot.artifact("a.ipynb").digest) for snapshot in snapshots)
    assert b"after\\n" not in now
    assert b"after\\n" in end


def test_the_folder_and_the_name_are_the_notebooks(write, tmp_path):
    (tmp_path / "sub").mkdir()
    source = "import os; print(os.getcwd(), os.environ['JPY_SESSION_NAME'])"
    repository, notebook = write(cell(source), name="sub/b.ipynb")
    execute_notebook(repository, notebook)
    assert outputs(notebook) == [f"{tmp_path}/sub {notebook}\n"]


def test_a_missing_kernel_says_how_to_get_it(write):
    repository, notebook = write(cell("1"), kernelspec={"name": "nonsense", "display_name": "N", "language": "python"})
    with pytest.raises(MissingKernel, match="'nonsense'") as error:
        execute_notebook(repository, notebook)
    assert f"{sys.executable} -m ipykernel install" in error.value.hint


def test_what_is_no_notebook(write, tmp_path, tmp_path_factory):
    repository, notebook = write(cell("1"))
    with pytest.raises(UnknownPath):
        execute_notebook(repository, tmp_path / "none.ipynb")
    notebook.write_text("{")
    with pytest.raises(InvalidNotebook):
        execute_notebook(repository, notebook)
    with pytest.raises(OutsideWorkspace):
        execute_notebook(repository, tmp_path_factory.mktemp("other") / "a.ipynb")


def kernel_without_package(tmp_path, monkeypatch):
    """A kernel whose environment lacks the package: the same Python with the import refused."""
    folder = tmp_path / "jupyter" / "kernels" / "bare"
    folder.mkdir(parents=True)
    start = "import sys; sys.modules['jupyter_mlversion'] = None; from ipykernel.kernelapp import main; main()"
    argv = [sys.executable, "-c", start, "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "bare", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def test_a_kernel_without_the_package_still_makes_versions(write, tmp_path_factory, monkeypatch):
    kernel_without_package(tmp_path_factory.mktemp("kernels"), monkeypatch)
    repository, notebook = write(
        cell("# Write it\nopen('data.csv', 'w').write('1')", "checkpoint"),
        kernelspec={"name": "bare", "display_name": "bare", "language": "python"},
    )
    executed = execute_notebook(repository, notebook)
    (version,) = executed.versions
    assert (version.trigger, version.message, version.document) == (Trigger.EXECUTE, "Write it", Document.LIVE)
    assert {artifact.path for artifact in repository.show(version.id).snapshot.artifacts} == {"a.ipynb", "data.csv"}
    (note,) = executed.notes
    assert note.endswith(f"Run: {sys.executable} -m pip install jupyter_mlversion")


def test_a_cancelled_execution_leaves_a_valid_notebook(write):
    repository, notebook = write(cell("print('first')", "checkpoint"), cell("import time\ntime.sleep(600)"))

    def stop(phase, done, total):
        if done == 1 and "first\n" in outputs(notebook):
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        execute_notebook(repository, notebook, progress=stop)
    assert outputs(notebook)[0] == "first\n"
    assert len(repository.log(safety=False)) == 1


def test_an_interrupt_stops_the_kernel_and_leaves_a_valid_notebook(write):
    _, notebook = write(cell("print('first')"), cell("open('running', 'w').close()\nimport time\ntime.sleep(600)"))
    code = f"""
import os
from jupyter_mlversion.execute import execute_notebook
from jupyter_mlversion.repository import Repository
try:
    execute_notebook(Repository.open({str(notebook)!r}), {str(notebook)!r})
except KeyboardInterrupt:
    print("interrupted")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not (notebook.parent / "running").exists():
            assert time.monotonic() < deadline
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert said == "interrupted\n"
    assert outputs(notebook) == ["first\n", "KeyboardInterrupt"]


def test_from_within_a_running_loop(write):
    repository, notebook = write(cell("print(1)", "checkpoint"))

    async def inside():
        return execute_notebook(repository, notebook)

    assert len(asyncio.run(inside()).versions) == 1


def test_a_kernel_of_another_language(write, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "kernels" / "shell").mkdir(parents=True)
    program = folder / "shell_kernel.py"
    program.write_text(SHELL_KERNEL)
    (folder / "kernels" / "shell" / "kernel.json").write_text(json.dumps({
        "argv": [sys.executable, str(program), "-f", "{connection_file}"], "display_name": "shell", "language": "bash",
    }))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    repository, notebook = write(
        cell("n=1", "parameters"), cell('echo "$n" > data.csv', "checkpoint"), cell("exit 3", "checkpoint"),
        kernelspec={"name": "shell", "display_name": "shell", "language": "bash"},
    )
    executed = execute_notebook(repository, notebook, parameters={"n": "two words"})
    assert len(executed.versions) == 1
    assert (notebook.parent / "data.csv").read_text() == "two words\n"
    assert executed.failed.message.startswith("Failed")


SHELL_KERNEL = """
import subprocess
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Shell(Kernel):
    implementation, implementation_version, banner = "shell", "1", "shell"
    language_info = {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}
    before = ""

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **more):
        done = subprocess.run(["sh", "-c", self.before + code], capture_output=True, text=True)
        if done.returncode:
            content = {"ename": "Failed", "evalue": str(done.returncode), "traceback": []}
            self.send_response(self.iopub_socket, "error", content)
            return {"status": "error", "execution_count": self.execution_count, **content}
        self.before += code + chr(10)
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": done.stdout})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=Shell)
"""
