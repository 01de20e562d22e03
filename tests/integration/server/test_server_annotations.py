"""What is said of versions over HTTP: messages, notes, labels, stars, tags, branches; deleting several."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jupyter_mlversion.repository import Repository

NAME = "my project/n.ipynb"
HOSTILE = "<img src=x onerror=alert(1)> ${7*7} '; DROP TABLE versions; -- \u202e\U0001f600"


async def checkpoints(client, project, count):
    (project / "mlversion.toml").write_text('track = ["*.bin"]\nidle_minutes = 0\n')
    made = []
    for number in range(count):
        (project / "model.bin").write_bytes(f"weights {number}".encode() * 1000)
        made.append((await client.checkpoint(NAME, message=f"message {number}"))["id"])
    return made


async def listed(client, **query):
    return (await client.get("versions", notebook=NAME, **query))["versions"]


async def test_one_version_is_renamed_noted_labelled_and_starred(client, project, heard):
    (made,) = await checkpoints(client, project, 1)
    answer = await client.patch("versions", made, notebook=NAME, message=HOSTILE, note="one\ntwo",
                                labels=["a", HOSTILE], starred=True)
    version, = answer["versions"]
    assert (version["message"], version["original_message"]) == (HOSTILE, "message 0")
    assert (version["note"], version["labels"], version["starred"]) == ("one\ntwo", ["a", HOSTILE], True)
    await heard.wait_for("workspace-changed")
    assert await listed(client) == [version]
    assert await listed(client, where='message ~ "onerror"') == [version]
    assert await listed(client, where='note ~ "two" label == a') == [version]
    assert await listed(client, where='message == "message 0"') == []
    shown = await client.get("versions", made, notebook=NAME)
    assert (shown["message"], shown["note"]) == (HOSTILE, "one\ntwo")
    answer = await client.patch("versions", made, notebook=NAME, message="", note="", add_labels=["b"],
                                remove_labels=[HOSTILE])
    version, = answer["versions"]
    assert (version["message"], version["original_message"], version["note"]) == ("message 0", None, "")
    assert (version["labels"], version["starred"]) == (["a", "b"], True)


async def test_several_versions_at_once_or_none(client, project):
    made = await checkpoints(client, project, 3)
    answer = await client.patch("versions", notebook=NAME, versions=made[:2], starred=True, add_labels=["kept"])
    assert [version["id"] for version in answer["versions"]] == made[:2]
    refused = await client.patch("versions", notebook=NAME, versions=[made[2], "f" * 40], starred=True)
    assert (refused.status, refused.error["kind"]) == (404, "unknown-version")
    assert [(version["id"], version["labels"]) for version in await listed(client, where="starred == true")] == [
        (made[1], ["kept"]), (made[0], ["kept"])]


@pytest.mark.parametrize("said", [
    {"message": "x" * 1001}, {"message": "a\x00b"}, {"message": "a\x1b[31m"}, {"note": "n" * 10_001},
    {"note": "\ud800"}, {"labels": ["l" * 101]}, {"labels": ["two\nlines"]}, {"add_labels": ["  "]},
    {"labels": [str(number) for number in range(51)]}, {"labels": "no list"}, {"starred": "maybe"},
])
async def test_what_cannot_be_said_is_422_and_changes_nothing(client, project, said):
    (made,) = await checkpoints(client, project, 1)
    before = await listed(client)
    refused = await client.patch("versions", made, notebook=NAME, **said)
    assert (refused.status, refused.error["kind"]) == (422, "invalid-input")
    assert await listed(client) == before


async def test_tags_come_move_and_go(client, project, heard):
    assert await client.get("tags", notebook=NAME) == {"tags": {}, "before": None}
    first, second = await checkpoints(client, project, 2)
    assert await client.put("tags", "best", notebook=NAME, version=first) == {"tags": {"best": first}, "before": None}
    await heard.wait_for("workspace-changed")
    assert [version["tags"] for version in await listed(client)] == [[], ["best"]]
    refused = await client.put("tags", "best", notebook=NAME, version=second)
    assert (refused.status, refused.error["kind"]) == (409, "moved")
    moved = await client.put("tags", "best", notebook=NAME, move=True)
    assert moved == {"tags": {"best": second}, "before": first}
    gone = await client.delete("tags", "best", notebook=NAME)
    assert gone == {"tags": {}, "before": second}
    assert (await client.delete("tags", "best", notebook=NAME)).status == 404
    for name in ("two words", "HEAD", "a..b", "-x", "x.lock", "é" * 200):
        assert (await client.put("tags", name, notebook=NAME)).error["kind"] == "usage-error"
    assert len(await listed(client)) == 2


async def test_branches_begin_change_names_and_go_without_a_version(client, project, heard):
    assert await client.get("branches", notebook=NAME) == {"line": "", "branch": None, "branches": {}, "before": None}
    first, second = await checkpoints(client, project, 2)
    begun = await client.put("branches", "aside", notebook=NAME, version=first)
    assert (begun["branch"], begun["branches"]) == ("main", {"aside": first, "main": second})
    assert (await client.put("branches", "aside", notebook=NAME)).status == 409
    here = await client.put("branches", "here", notebook=NAME)
    assert (here["branch"], here["branches"]["here"]) == ("here", second)
    (project / "model.bin").write_bytes(b"others")
    third = await client.checkpoint(NAME)
    assert (third["branch"], third["parents"]) == ("here", [second])
    renamed = await client.patch("branches", "here", notebook=NAME, name="there")
    assert (renamed["branch"], renamed["before"]) == ("there", third["id"])
    assert set(renamed["branches"]) == {"aside", "main", "there"}
    refused = await client.delete("branches", "there", notebook=NAME)
    assert (refused.status, refused.error["kind"]) == (409, "conflict")
    gone = await client.delete("branches", "aside", notebook=NAME)
    assert (gone["before"], set(gone["branches"])) == (first, {"main", "there"})
    assert {version["id"] for version in await listed(client)} == {first, second, third["id"]}
    assert (await client.get("branches", notebook=NAME, line=third["line"]))["branch"] == "there"
    # a branch that begins at an old version is no new version
    assert [event["version"]["id"] for event in heard.of("version-added")] == [first, second, third["id"]]


async def test_several_are_deleted_after_saying_what_goes(client, project):
    made = await checkpoints(client, project, 3)
    asked = await client.post("deletions", notebook=NAME, versions=made[:2], dry_run=True)
    assert len(await listed(client)) == 3
    assert [version["hidden"] for version in asked["versions"]] == [False, False]
    assert asked["adds"] == asked["frees"] > 0
    assert asked["content_count"] == len(asked["contents"]) >= 2
    assert {content["path"] for content in asked["contents"]} >= {"model.bin"}
    done = await client.post("deletions", notebook=NAME, versions=made[:2])
    assert (done["adds"], done["frees"]) == (asked["adds"], asked["frees"])
    assert [version["id"] for version in await listed(client)] == [made[2]]
    assert [version["id"] for version in (await client.get("deletions", notebook=NAME))["versions"]] == made[1::-1]
    again = await client.post("deletions", notebook=NAME, versions=made[:1], dry_run=True)
    assert (again["adds"], again["frees"]) == (0, asked["frees"])
    tip = await client.post("deletions", notebook=NAME, versions=["HEAD"], dry_run=True)
    assert "stands" in tip["kept"][made[2]]
    assert tip["adds"] == 0
    shown = await client.post("undeletions", notebook=NAME, versions=made[:2])
    assert shown["missing"] == []
    assert len(await listed(client)) == 3


async def test_verify_is_a_job_that_listeners_hear_of(client, project, heard):
    await checkpoints(client, project, 1)
    assert await client.result(await client.post("verify", notebook=NAME)) == {"ok": True, "damage": []}
    mended = await client.result(await client.post("verify", notebook=NAME, repair=True))
    assert mended == {"ok": True, "damage": [], "before": []}
    await client.result(await client.post("gc", notebook=NAME, dry_run=True))
    async with asyncio.timeout(30):
        while {event["kind"] for event in heard.of("job-progress")} < {"checkpoint", "verify", "gc"}:
            await heard.wait_for("job-progress", len(heard.of("job-progress")) + 1)


async def test_a_checkpoint_does_not_wait_for_verify_and_lists_tell_what_it_found(client, project, heard, monkeypatch):
    (first,) = await checkpoints(client, project, 1)
    reading, go_on = threading.Event(), threading.Event()
    verify = Repository.verify

    def patiently(repository, **options):
        reading.set()
        assert go_on.wait(60)
        return verify(repository, **options)

    monkeypatch.setattr(Repository, "verify", patiently)
    for pack in (project / ".mlversion" / "store" / "packs").glob("*.pack"):
        pack.unlink()
    job = await client.post("verify", notebook=NAME, read_data=True)
    assert await asyncio.to_thread(reading.wait, 60)
    assert [one["kind"] for one in (await client.get("jobs", notebook=NAME))["jobs"]][-1] == "verify"
    (project / "model.bin").write_bytes(b"meanwhile")
    second = await client.checkpoint(NAME)
    assert not any("missing" in version for version in await listed(client))
    told = len(heard.of("workspace-changed"))
    go_on.set()
    found = await client.result(job)
    assert not found["ok"]
    await heard.wait_for("workspace-changed", told + 1)
    missing = {version["id"]: version.get("missing") for version in await listed(client)}
    assert (missing[first], missing[second["id"]]) == (1, None), "the notebook was stored anew"
    assert (await client.get("versions", first, notebook=NAME))["missing"] == ["model.bin"]


async def test_saying_something_while_checkpoints_are_made(client, project):
    (first,) = await checkpoints(client, project, 1)

    async def talk():
        for number in range(10):
            await client.patch("versions", first, notebook=NAME, add_labels=[str(number)])

    async def work():
        for number in range(5):
            (project / "model.bin").write_bytes(f"more {number}".encode() * 1000)
            await client.checkpoint(NAME)

    async def name():
        for number in range(5):
            await client.put("tags", f"t{number}", notebook=NAME, version=first)

    await asyncio.gather(talk(), work(), name())
    versions = await listed(client)
    assert len(versions) == 6
    assert versions[-1]["labels"] == [str(number) for number in range(10)]
    assert versions[-1]["tags"] == [f"t{number}" for number in range(5)]
