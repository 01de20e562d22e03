"""Events and jobs: what a front end hears without asking."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import threading

import pytest

NAME = "my project/n.ipynb"
GIB = 2**30

OTHER_PROCESS = """
import sys
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.repository import Repository
repository = Repository.open(sys.argv[1], create=True)
print(repository.checkpoint("n.ipynb", "from elsewhere", trigger=Trigger.CLI).version.id)
"""


STAGING_PROCESS = """
import sys
from datetime import UTC, datetime
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
event = Checkpoint("s.1", Trigger.CELL, datetime.now(UTC), "", "n.ipynb")
Repository.open(sys.argv[1]).stage(event, Seen({}))
"""


async def checkpoint_elsewhere(root):
    """The id of a version that another process made."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER_PROCESS, str(root), stdout=-1)
    out, _ = await process.communicate()
    return out.decode().strip()


async def test_a_checkpoint_is_told_once(client, project, heard, make_notebook):
    versions = [await client.checkpoint(NAME, make_notebook(str(number))) for number in range(3)]
    await checkpoint_elsewhere(project)
    added = await heard.wait_for("version-added", 4)
    assert [data["version"]["id"] for data in added[:3]] == [version["id"] for version in versions]
    assert added[0]["version"] == versions[0]
    assert {key: added[0][key] for key in ("workspace", "prefix", "line")} == {
        "workspace": str(project), "prefix": "my project", "line": versions[0]["line"]}
    assert added[0]["seconds"] == versions[0]["seconds"]
    assert len(added) == 4


@pytest.mark.parametrize("history", ["none yet", "some"])
async def test_a_version_of_another_process_is_told(client, project, heard, history):
    if history == "some":
        await client.checkpoint(NAME)
        (project / "model.bin").write_bytes(b"weights two")
    await client.get("versions", notebook=NAME)
    made = await checkpoint_elsewhere(project)
    added = await heard.wait_for("version-added", 1 + (history == "some"))
    assert added[-1]["version"]["id"] == made
    assert added[-1]["version"]["message"] == "from elsewhere"
    assert (await client.get("versions", notebook=NAME))["head"] == made


async def test_a_history_that_was_deleted_and_begun_again_is_told(client, project, heard):
    await client.checkpoint(NAME)
    while (project / ".mlversion").exists():  # the server may be looking at it
        shutil.rmtree(project / ".mlversion", ignore_errors=True)
    assert (await client.get("versions", notebook=NAME))["versions"] == []
    made = [await checkpoint_elsewhere(project)]
    assert [data["version"]["id"] for data in (await heard.wait_for("version-added", 2))[1:]] == made
    (project / "model.bin").write_bytes(b"weights two")
    made.append(await checkpoint_elsewhere(project))
    assert [data["version"]["id"] for data in (await heard.wait_for("version-added", 3))[1:]] == made


async def test_a_staged_checkpoint_of_another_process_is_told(client, project, heard):
    await client.checkpoint(NAME)
    before = len(heard.of("workspace-changed"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", STAGING_PROCESS, str(project))
    assert await process.wait() == 0
    await heard.wait_for("workspace-changed", before + 1)
    assert (await client.get("status", notebook=NAME))["staged"] == 1


async def test_the_front_ends_stream_carries_the_events(client, jp_ws_fetch, project):
    stream = await jp_ws_fetch("api", "events", "subscribe")
    version = await client.checkpoint(NAME)
    kinds = set()
    async with asyncio.timeout(30):
        while "version-added" not in kinds:
            event = json.loads(await stream.read_message())
            if event["schema_id"].startswith("https://jupyter-mlversion.readthedocs.io/events/"):
                kinds.add(event["schema_id"].split("/")[-2])
    assert event["version"]["id"] == version["id"]
    stream.close()


async def test_a_job_tells_how_far_it_is_and_how_it_ended(client, project, heard):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\n')
    with (project / "large.bin").open("wb") as file:
        file.truncate(GIB)
    answer = await client.post("versions", notebook=NAME)
    assert answer["job"].items() >= {"kind": "checkpoint", "notebook": NAME, "state": "running", "result": None,
                                     "error": None}.items()
    job = await client.ended(answer)
    assert job["state"] == "done"
    told = [data for data in heard.of("job-progress") if data["id"] == job["id"]]
    assert all("result" not in data for data in told)
    assert told[-1]["state"] == "done"
    moved = [data for data in told if data["total"]]
    assert moved
    assert all(0 <= data["done"] <= data["total"] for data in moved)
    assert (await client.get("jobs", job["id"])) == job


async def test_a_running_job_is_cancelled_and_leaves_nothing(client, project, heard):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\n')
    with (project / "large.bin").open("wb") as file:
        file.truncate(3 * GIB)
    answer = await client.post("versions", notebook=NAME)
    told = 1
    while not (await heard.wait_for("job-progress", told))[-1]["done"]:
        told += 1
    await client.delete("jobs", answer["job"]["id"])
    job = await client.ended(answer)
    assert (job["state"], job["error"]["kind"], job["result"]) == ("cancelled", "cancelled", None)
    assert (await client.get("versions", notebook=NAME))["versions"] == []


async def test_a_cancelled_restore_leaves_the_files_as_they_were(client, project, heard):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\n')
    for number in range(8):
        with (project / f"{number}.bin").open("wb") as file:
            file.truncate(GIB // 4)
    first = await client.checkpoint(NAME)
    for number in range(8):
        (project / f"{number}.bin").write_text(f"small {number}")
    answer = await client.post("restores", notebook=NAME, version=first["id"])
    told = 1
    while not any(data["done"] for data in heard.of("job-progress")[-1:] if data["id"] == answer["job"]["id"]):
        told = len(await heard.wait_for("job-progress", told)) + 1
    await client.delete("jobs", answer["job"]["id"])
    job = await client.ended(answer)
    assert job["state"] == "cancelled"
    texts = [(project / f"{number}.bin").read_text() for number in range(8)]
    assert texts == [f"small {number}" for number in range(8)]
    assert (await client.get("status", notebook=NAME))["head"]["id"] == first["id"]


async def test_many_requests_at_once(client, project, jp_root_dir, make_notebook):
    names = [NAME, "other/n.ipynb"]
    (jp_root_dir / "other").mkdir()
    for name in names:
        await client.checkpoint(name, make_notebook("start", ids=name[:2]))

    async def work(name, number):
        answer = await client.post("versions", notebook=name, document=make_notebook(f"{number}", ids=name[:2]))
        looks = [client.get(path, notebook=name) for path in ("versions", "status", "figures/history")]
        looks.append(client.get("versions", "HEAD", "difference", notebook=name))
        assert all(isinstance(look, dict) for look in await asyncio.gather(*looks))
        return (await client.result(answer))["version"]["id"]

    made = await asyncio.gather(*(work(name, number) for name in names for number in range(5)))
    assert len(set(made)) == 10
    for name in names:
        listed = (await client.get("versions", notebook=name))["versions"]
        assert len(listed) == 6
        assert [version["parents"] for version in listed[:-1]] == [[version["id"]] for version in listed[1:]]


async def test_a_waiting_job_is_cancelled_at_once(client, project, jp_serverapp):
    service, gate = jp_serverapp.web_app.settings["jupyter_mlversion"].service, threading.Event()
    service.jobs.run(str(project), lambda: gate.wait(30))
    answer = await client.post("versions", notebook=NAME)
    job = await client.delete("jobs", answer["job"]["id"])
    assert job["state"] == "cancelled"
    gate.set()
    assert (await client.get("versions", notebook=NAME))["versions"] == []


async def test_looking_does_not_wait_behind_a_long_job(client, project, jp_serverapp):
    await client.checkpoint(NAME)
    service, gate = jp_serverapp.web_app.settings["jupyter_mlversion"].service, threading.Event()
    blocked = [service.jobs.run(lane, lambda: gate.wait(60)) for lane in (str(project), "another workspace")]
    try:
        answer = await client.post("versions", notebook=NAME)
        async with asyncio.timeout(20):
            assert len((await client.get("versions", notebook=NAME))["versions"]) == 1
            assert (await client.get("status", notebook=NAME))["line"]
            assert (await client.get("jobs", answer["job"]["id"], wait=0.05))["state"] == "running"
    finally:
        gate.set()
    assert [future.result(30) for future in blocked] == [True, True]
    await client.ended(answer)
