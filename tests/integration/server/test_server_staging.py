"""Staged checkpoints become exactly one version each, in order, whoever brings the document and how often."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen

NAME = "my project/n.ipynb"


def stage(root, key, *, notebook="n.ipynb", age=0.0):
    """What a kernel does after a tagged cell that read the table and wrote the model."""
    time = datetime.now(UTC) - timedelta(seconds=age)
    seen = Seen({"train.csv": Access.READ, "model.bin": Access.WRITTEN})
    event = Checkpoint(key, Trigger.CELL, time, f"cell {key}", notebook, "cell-0")
    Repository.open(root, create=True).stage(event, seen)


async def test_the_document_is_the_posted_one_and_the_files_are_the_staged_ones(client, project, make_notebook):
    stage(project, "s.1")
    (project / "model.bin").write_bytes(b"the next cell wrote this")
    live = make_notebook("read('train.csv')", "live = True")
    version = (await client.result(await client.post("staging", "s.1", notebook=NAME, document=live)))["version"]
    assert (version["document"], version["trigger"], version["cell_id"]) == ("live", "cell", "cell-0")
    repository = Repository.open(project)
    artifacts = {artifact.path: artifact for artifact in repository.show(version["id"]).snapshot.artifacts}
    assert repository.store.read(artifacts["model.bin"].digest) == b"weights one"
    assert b"live = True" in repository.store.read(artifacts["n.ipynb"].digest)
    assert repository.staged() == []


async def test_the_same_key_answers_the_same_version_however_often_it_is_posted(client, project, make_notebook):
    stage(project, "s.1")
    live = make_notebook("x")
    posted = [await client.post("staging", "s.1", notebook=NAME, document=live) for _ in range(3)]
    ids = [(await client.result(answer))["version"]["id"] for answer in posted]
    again = await client.result(await client.post("staging", "s.1", notebook=NAME, document=make_notebook("later")))
    assert {*ids, again["version"]["id"]} == {ids[0]}
    assert len((await client.get("versions", notebook=NAME))["versions"]) == 1


async def test_joins_are_made_in_the_order_posted(client, project, make_notebook):
    keys = [f"s.{number}" for number in range(5)]
    for key in keys:
        (project / "model.bin").write_text(key)
        stage(project, key)
    posted = [await client.post("staging", key, notebook=NAME, document=make_notebook(key)) for key in keys]
    made = [(await client.result(answer))["version"] for answer in posted]
    listed = (await client.get("versions", notebook=NAME))["versions"]
    assert [version["id"] for version in listed] == [version["id"] for version in made[::-1]]
    assert [version["parents"] for version in made[1:]] == [[version["id"]] for version in made[:-1]]


async def test_two_notebooks_join_into_their_own_lines(client, project, make_notebook):
    (project / "m.ipynb").write_text(json.dumps(make_notebook("m", ids="m")))
    stage(project, "a.1")
    stage(project, "b.1", notebook="m.ipynb")
    second = await client.post("staging", "b.1", notebook="my project/m.ipynb", document=make_notebook("m", ids="m"))
    first = await client.post("staging", "a.1", notebook=NAME, document=make_notebook("n"))
    versions = [(await client.result(answer))["version"] for answer in (first, second)]
    assert [version["notebook"] for version in versions] == ["n.ipynb", "m.ipynb"]
    assert versions[0]["line"] != versions[1]["line"]


async def test_a_checkpoint_that_nobody_joined_becomes_a_version_when_the_workspace_is_opened(client, project, heard):
    stage(project, "s.1", age=3600)
    await client.get("status", notebook=NAME)
    [added] = await heard.wait_for("version-added")
    assert added["version"]["document"] == "as-saved"
    version = (await client.result(await client.post("staging", "s.1", notebook=NAME)))["version"]
    assert version["id"] == added["version"]["id"]


async def test_a_fresh_one_is_left_to_its_front_end(client, project, heard, make_notebook):
    (project / "mlversion.toml").write_text("join_timeout = 3600\n")
    stage(project, "s.1")
    assert (await client.get("status", notebook=NAME))["staged"] == 1
    other = {"notebook": "my project/m.ipynb", "document": make_notebook("m", ids="m")}
    service_done = await client.post("versions", **other, message="another, behind the settling")
    await client.result(service_done)
    assert (await client.get("status", notebook=NAME))["staged"] == 1


async def test_a_key_is_no_path(client, project):
    stage(project, "s.1")
    for key in ("..", ".hidden", "a b"):
        answer = await client.post("staging", key, notebook=NAME)
        job = None if not isinstance(answer, dict) else await client.ended(answer)
        assert job is None or job["state"] == "failed", key


class Server:
    """A Jupyter server in a process of its own."""

    def __init__(self, folder, tmp_path, extension):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        places = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
        unneeded = ["jupyter_mlversion", "jupyterlab", "jupyter_lsp", "nbdime", "notebook", "notebook_shim"]
        others = dict.fromkeys(unneeded, False)
        config = {"ServerApp": {"jpserver_extensions": {**others, **extension}}}
        (tmp_path / "config").mkdir(exist_ok=True)
        self.log = tmp_path / f"{self.port}.log"
        (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={self.port}",
             "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=secret"],
            env={**os.environ, **places}, stdout=subprocess.DEVNULL, stderr=self.log.open("w"))

    def wait(self):
        pause = threading.Event()
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text()
            pause.wait(0.1)

    def answers(self):
        try:
            return bool(self.ask("jobs?folder="))
        except urllib.error.URLError:
            return False

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/mlversion/api/{path}", headers={"Authorization": "token secret"},
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)

    def joined(self, key, document):
        job = self.ask(f"staging/{key}", {"notebook": NAME, "document": document})["job"]
        while job["state"] == "running":
            job = self.ask(f"jobs/{job['id']}?wait=30")
        return job["result"]["version"]["id"]

    def kill(self):
        self.process.kill()
        self.process.wait(30)


@pytest.fixture
def start(jp_root_dir, tmp_path, jp_server_config):
    """Starts a server; all are gone at the end."""
    started = []

    def start_one():
        started.append(Server(jp_root_dir, tmp_path, jp_server_config["ServerApp"]["jpserver_extensions"]))
        started[-1].wait()
        return started[-1]

    yield start_one
    for server in started:
        server.kill()


def test_a_server_that_was_killed_and_started_again_makes_no_second_version(project, start, make_notebook):
    (project / "mlversion.toml").write_text("join_timeout = 3600\n")
    stage(project, "s.1")
    stage(project, "s.2")
    live = make_notebook("x")
    server = start()
    server.ask("staging/s.1", {"notebook": NAME, "document": live})
    server.kill()  # before, in or after the join
    server = start()
    first, again = server.joined("s.1", live), server.joined("s.1", live)
    versions = server.ask("versions?notebook=my%20project/n.ipynb")["versions"]
    assert first == again
    assert [version["id"] for version in versions] == [first]
    assert [staged.checkpoint.key for staged in Repository.open(project).staged()] == ["s.2"]
    assert Repository.open(project).verify(read_data=True) == []
