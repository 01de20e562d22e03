"""Values are seen while a cell runs, and what versions logged besides numbers is shown without being run."""

from __future__ import annotations

import asyncio
import base64
import sys

import pytest

from jupyter_mlversion.repository import Repository
from jupyter_mlversion.tracking import Recorder, item_of_file, text_item
from jupyter_mlversion.tracking.figure import figure_item
from jupyter_mlversion.tracking.table import table_item

NAME = "my project/n.ipynb"

CHILD = """
import os, sys
os.environ["MLVERSION_RUN"] = sys.argv[1]
import jupyter_mlversion as mlversion
mlversion.log(loss=0.125, step=9)
"""


@pytest.fixture
def kernel(project):
    """What a kernel of the notebook logs with."""
    made = Recorder()
    made.attach(project / ".mlversion" / "metrics" / "session.jsonl", makes=True, session="session", notebook="n.ipynb")
    made.begin("train")
    return made


async def seen(client, heard, wanted):
    """The runs, as soon as they are as wanted: asked for when an event tells that there is something new."""
    count = 0
    while True:
        await heard.wait_for("metrics-logged", count + 1)
        count = len(heard.of("metrics-logged"))
        runs = (await client.get("runs", notebook=NAME))["runs"]
        if wanted(runs):
            return runs


@pytest.mark.parametrize("workspace", ["new", "with versions"])
async def test_values_are_told_while_they_are_logged(client, project, heard, kernel, workspace):
    if workspace == "with versions":
        await client.checkpoint(NAME)
    await client.get("status", notebook=NAME)
    assert (await client.get("runs", notebook=NAME))["runs"] == []
    kernel.log(loss=0.5, step=3)
    (run,) = await seen(client, heard, lambda runs: runs)
    assert (run["cell_id"], run["alive"], run["metrics"]["loss"]["last"]) == ("train", True, 0.5)
    kernel.log(loss=0.25, step=1)
    kernel.log_params(depth=3)
    (run,) = await seen(client, heard, lambda runs: runs[0]["params"])
    assert (run["params"], run["metrics"]["loss"]["count"]) == ({"depth": 3}, 2)
    (figure,) = (await client.get("figures", "runs", notebook=NAME))["figures"]
    assert figure["name"] == "loss"
    assert (figure["figure"]["data"][0]["x"], figure["figure"]["data"][0]["y"]) == ([1, 3], [0.25, 0.5])
    assert heard.of("metrics-logged")[0] == {"workspace": str(project), "prefix": "my project"}


async def test_other_notebooks_and_the_dead_are_told_apart(client, project, kernel):
    kernel.log(loss=0.5)
    kernel.flush()
    metrics = project / ".mlversion" / "metrics"
    for name, notebook in (("dead", "n.ipynb"), ("other", "m.ipynb")):
        line = (metrics / "session.jsonl").read_text().replace('"n.ipynb"', f'"{notebook}"').replace("train", name)
        (metrics / f"{name}.jsonl").write_text(line.replace(kernel.current().id, name))
    runs = (await client.get("runs", notebook=NAME))["runs"]
    assert {run["cell_id"]: run["alive"] for run in runs} == {"train": True, "dead": False}
    figures = (await client.get("figures", "runs", notebook=NAME))["figures"]
    assert len(figures[0]["figure"]["data"]) == 1


async def test_processes_of_a_cell_are_seen_in_its_run(client, project, heard, kernel):
    await client.get("status", notebook=NAME)
    kernel.log(loss=0.5)
    told = f"{project}/.mlversion/metrics/session.jsonl|train|{kernel.current().id}|{kernel.current().started!r}"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, told)
    await process.wait()
    (run,) = await seen(client, heard, lambda runs: runs and runs[0]["metrics"]["loss"]["count"] == 2)
    assert run["metrics"]["loss"]["last_step"] == 9


async def test_a_sealed_segment_is_seen_no_more(client, heard, kernel, project):
    await client.checkpoint(NAME)
    kernel.log(loss=0.5)
    await seen(client, heard, lambda runs: runs)
    with Repository(project).store.batch() as batch:
        kernel.seal(batch)
    kernel.stored()
    assert await seen(client, heard, lambda runs: not runs) == []


async def test_what_was_logged_is_listed_and_shown(client, project, kernel, tmp_path):
    await client.checkpoint(NAME)
    kernel.add_item(figure_item("curve", {"data": [{"type": "scatter", "y": [1]}], "layout": {}}))
    kernel.add_item(text_item("note", "<script>alert(1)</script>"))
    kernel.add_item(table_item("rows", {"a": [1]}))
    (tmp_path / "page.html").write_text("<script>alert(1)</script>")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG")
    for name in ("page.html", "dot.png"):
        kernel.add_item(item_of_file(name, tmp_path / name, 5.0))
    version = await asyncio.to_thread(_versioned, project, kernel)
    listed = (await client.get("versions", version, "logged", notebook=NAME))["logged"]
    assert [one["kind"] for one in listed] == ["figure", "text", "table", "file", "image"]
    shown = [(await client.get("versions", version, "logged", str(at), notebook=NAME))["content"] for at in range(5)]
    assert shown[0]["data"][0]["type"] == "scatter"
    assert shown[1] == "<script>alert(1)</script>"
    assert shown[2] == {"columns": ["a"], "data": [[1]]}
    assert shown[3] is None
    assert base64.b64decode(shown[4]) == b"\x89PNG"
    assert (await client.get("versions", version, "logged", "9", notebook=NAME)).status == 404


def _versioned(project, kernel):
    from datetime import UTC, datetime

    from jupyter_mlversion.domain.version import Checkpoint, Trigger
    from jupyter_mlversion.repository import Seen

    repository = Repository.open(project)
    event = Checkpoint("s.logged", Trigger.CELL, datetime.now(UTC), "", "n.ipynb")
    repository.stage(event, Seen(files={}, runs=kernel.seal))
    return repository.join("s.logged").version.id
