"""Storage, collecting and deleting over HTTP; the store gets smaller when nobody checkpoints."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest

from jupyter_mlversion.errors import Busy, FileFailure
from jupyter_mlversion.jobs import Job
from jupyter_mlversion.server.idle import Idle

NAME = "my project/n.ipynb"


async def checkpoints(client, project, count):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\nidle_minutes = 0\n')
    made = []
    for number in range(count):
        (project / "model.bin").write_bytes(bytes([number]) * 100 + f"weights {number}".encode() * 1000)
        made.append(await client.checkpoint(NAME))
    return made


async def test_delete_look_collect_undelete(client, project, heard):
    first, second = await checkpoints(client, project, 2)
    deleted = await client._ask("PUT", ("versions", first["id"], "deletion"), body=f'{{"notebook": "{NAME}"}}')
    assert [version["hidden"] for version in deleted["versions"]] == [True]
    assert deleted["frees"] > 0
    await heard.wait_for("workspace-changed")
    assert [version["id"] for version in (await client.get("versions", notebook=NAME))["versions"]] == [second["id"]]
    storage = await client.get("storage", notebook=NAME)
    assert (storage["versions"], storage["hidden"], storage["frees"]) == (1, 1, deleted["frees"])
    assert [line["notebook"] for line in storage["lines"]] == ["n.ipynb"]
    planned = await client.result(await client.post("gc", notebook=NAME, dry_run=True))
    assert [gone["version"] for gone in planned["gone"]] == [first["id"]]
    assert planned["collected"] is None
    done = await client.result(await client.post("gc", notebook=NAME))
    assert done["collected"]["waiting"] > 0
    shown = await client._ask("DELETE", ("versions", first["id"], "deletion"), params={"notebook": NAME})
    assert shown["missing"] == []
    assert len((await client.get("versions", notebook=NAME))["versions"]) == 2
    await client.result(await client.post("gc", notebook=NAME, keep_last=1, now=True))
    assert len((await client.get("versions", notebook=NAME))["versions"]) == 1
    refused = await client.post("gc", notebook=NAME, keep_last=0)
    assert refused.status == 422


async def test_a_quiet_workspace_is_tidied(client, project):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\nidle_minutes = 0.0005\n')
    for number in range(20):
        (project / "model.bin").write_bytes(f"weights {number}".encode() * 1000)
        await client.checkpoint(NAME)
    async with asyncio.timeout(60):
        while (await client.get("storage", notebook=NAME))["packs"] >= 16:
            pass
    assert len((await client.get("versions", notebook=NAME))["versions"]) == 20


class Quiet:
    """A service whose clock and lane are the test's."""

    def __init__(self, repository):
        self.due, self.lane = [], []
        self.announcer = SimpleNamespace(later=lambda seconds, work: self.due.append((seconds, work)))
        self.workspace = SimpleNamespace(root="/w", repository=repository)
        self.workspaces = SimpleNamespace(at=lambda _root: self.workspace)

    def run(self, lane, work):
        self.lane.append((lane, work))


def repository(tidy, minutes=2.0):
    return SimpleNamespace(root="/w", config=SimpleNamespace(idle_minutes=minutes), tidy=tidy)


def test_only_after_a_quiet_time_and_never_where_there_is_nothing():
    service = Quiet(repository(lambda _: None))
    idle = Idle(service)
    idle.happened(service.workspace)
    idle.happened(service.workspace)
    (seconds, early), (_, late) = service.due
    assert seconds == 120
    early()
    assert service.lane == []
    late()
    [(lane, work)] = service.lane
    assert lane == "/w"
    work()
    service.workspace.repository = None
    work()
    idle.happened(service.workspace)
    assert len(service.due) == 2
    service.workspace.repository = repository(None, minutes=0)
    idle.happened(service.workspace)
    assert len(service.due) == 2


def test_it_stands_aside():
    begun, seen = threading.Event(), []

    def tidy(progress):
        begun.set()
        try:
            while True:
                progress("rewriting packs", 0, 0)
        except BaseException as error:
            seen.append(type(error).__name__)
            raise

    service = Quiet(repository(tidy))
    idle = Idle(service)
    worker = threading.Thread(target=lambda: idle._work("/w"))
    worker.start()
    assert begun.wait(30)
    idle.stand_aside("/w")
    worker.join(30)
    assert seen == ["Cancelled"]
    idle.stand_aside("/w")


@pytest.mark.parametrize(("error", "logged"), [
    (Busy("at work"), ""), (FileFailure("no access"), "no access"), (ValueError("odd"), "unexpectedly"),
])
def test_what_goes_wrong_is_logged_unless_somebody_else_was_at_work(caplog, error, logged):
    def tidy(_):
        raise error

    Idle(Quiet(repository(tidy)))._work("/w")
    assert (logged in caplog.text) if logged else not caplog.records


def test_a_workspace_that_cannot_be_opened_is_logged(caplog):
    service = Quiet(None)

    def refuse(_root):
        raise FileFailure("gone")

    service.workspaces.at = refuse
    Idle(service)._work("/w")
    assert "gone" in caplog.text


def test_a_job_of_the_lane_is_not_shown():
    job = Job("tidy", "/w", "", lambda _: None)
    job.run(lambda _: None, lambda *_: None)
    assert job.error is None
