"""The straight path and its mirror image over HTTP."""

from __future__ import annotations

import json

import nbformat

NAME = "my project/n.ipynb"


async def test_looking_creates_nothing(client, project):
    status = await client.get("status", notebook=NAME)
    assert status["workspace"] == str(project)
    assert (status["prefix"], status["line"], status["head"], status["branch"]) == ("my project", None, None, None)
    assert (status["cell_tag"], status["lines"], status["changed"], status["staged"]) == ("checkpoint", [], [], 0)
    assert status["kernel_install"].startswith("%pip install ")
    assert await client.get("versions", notebook=NAME) == {
        "versions": [], "head": None, "line": None, "more": False, "total": 0}
    assert await client.get("figures/history", notebook=NAME) == {"figures": []}
    assert await client.get("jobs", notebook=NAME) == {"jobs": []}
    for answer in (await client.get("versions", "HEAD", notebook=NAME),
                   await client.post("restores/plan", notebook=NAME, version="HEAD"),
                   await client.post("restores/x/acknowledgement", notebook=NAME)):
        assert answer.status == 404
    job = await client.ended(await client.post("staging/key", notebook=NAME))
    assert (job["state"], job["error"]["kind"]) == ("failed", "not-found")
    assert sorted(path.name for path in project.iterdir()) == ["model.bin", "n.ipynb", "train.csv"]


async def test_checkpoint_look_compare_restore_undo(client, project, make_notebook, heard):
    (project / "mlversion.toml").write_text('track = ["*.csv", "*.bin"]\n')
    live = make_notebook("read('train.csv')", "save('model.bin')", "unsaved = True")
    first = await client.checkpoint(NAME, live, message="the first")
    assert (first["message"], first["document"], first["trigger"]) == ("the first", "live", "panel")
    assert first["counts"] == {"artifacts": 3, "added": 3, "modified": 0, "removed": 0}

    same = await client.result(await client.post("versions", notebook=NAME, document=live))
    assert (same["version"], same["unchanged"]) == (None, True)

    (project / "model.bin").write_bytes(b"weights two")
    (project / "extra.csv").write_text("more")
    second = await client.checkpoint(NAME, make_notebook("read('train.csv')"))
    listed = await client.get("versions", notebook=NAME)
    assert [version["id"] for version in listed["versions"]] == [second["id"], first["id"]]
    assert (listed["head"], listed["line"], listed["more"]) == (second["id"], first["line"], False)

    shown = await client.get("versions", first["short"], notebook=NAME)
    assert [artifact["path"] for artifact in shown["artifacts"]] == ["model.bin", "n.ipynb", "train.csv"]
    assert shown["environment"]["python"]

    difference = await client.get("versions", first["id"], "difference", notebook=NAME, to=second["id"])
    assert {change["path"]: change["change"] for change in difference["artifacts"]} == {
        "extra.csv": "added", "model.bin": "modified", "n.ipynb": "modified"}
    assert {change["change"] for change in difference["cells"]} == {"removed"}

    unsaved = make_notebook("read('train.csv')", "typed and never saved")
    plan = (await client.post("restores/plan", notebook=NAME, version=first["id"], document=unsaved))["plan"]
    assert [write["path"] for write in plan["writes"]] == ["model.bin", "n.ipynb"]
    assert (plan["removes"], plan["missing"], plan["conflicts"], plan["unsaved"]) == (["extra.csv"], [], [], True)
    assert (project / "model.bin").read_bytes() == b"weights two"

    done = await client.result(await client.post("restores", notebook=NAME, version=first["id"], document=unsaved,
                                                 open_documents=[NAME, "elsewhere.ipynb", "../x.ipynb"]))
    assert done["restored"]
    assert (project / "model.bin").read_bytes() == b"weights one"
    assert not (project / "extra.csv").exists()
    [document] = done["documents"]
    assert document["path"] == NAME
    assert [cell["source"] for cell in document["content"]["cells"]][-1] == "unsaved = True"
    assert document["content"]["cells"][0]["outputs"][0]["text"] == "ran read('train.csv')\n"
    assert NAME not in done["written"]
    assert "my project/model.bin" in done["written"]
    assert heard.of("restore-finished") == []
    nbformat.write(nbformat.from_dict(document["content"]), project / "n.ipynb")
    assert await client.post("restores", done["id"], "acknowledgement", notebook=NAME) == {"finished": True}
    [job] = [job for job in (await client.get("jobs", notebook=NAME))["jobs"] if job["kind"] == "restore"]
    assert job["result"]["documents"] == []
    [finished] = await heard.wait_for("restore-finished")
    assert (finished["id"], finished["version"], finished["safety_version"]) == (
        done["id"], first["id"], done["safety_version"])
    assert (await client.get("status", notebook=NAME))["head"]["id"] == first["id"]

    with_safety = await client.get("versions", notebook=NAME, safety=1)
    assert done["safety_version"] in [version["id"] for version in with_safety["versions"]]
    assert done["safety_version"] not in [
        version["id"] for version in (await client.get("versions", notebook=NAME))["versions"]]

    undone = await client.result(await client.post("restores", notebook=NAME, version=done["safety_version"],
                                                   document=document["content"], open_documents=[NAME]))
    assert "typed and never saved" in json.dumps(undone["documents"][0]["content"])
    assert (project / "model.bin").read_bytes() == b"weights two"
    assert (project / "extra.csv").read_text() == "more"


async def test_a_long_list_comes_in_pages(client, project, make_notebook):
    made = [(await client.checkpoint(NAME, make_notebook(str(number))))["id"] for number in range(3)][::-1]
    page = await client.get("versions", notebook=NAME, limit=2)
    assert ([version["id"] for version in page["versions"]], page["more"]) == (made[:2], True)
    rest = await client.get("versions", notebook=NAME, limit=2, before=made[1])
    assert ([version["id"] for version in rest["versions"]], rest["more"]) == (made[2:], False)


async def test_artifacts_by_path(client, project):
    (project / "data äß").mkdir()
    (project / "data äß" / "50%.csv").write_text("x")
    (project / "mlversion.toml").write_text('track = ["*.csv"]\n')
    version = await client.checkpoint(NAME)
    shown = await client.get("versions", version["id"], notebook=NAME)
    assert await client.get("versions", version["id"], "artifacts", notebook=NAME) == {"artifacts": shown["artifacts"]}
    for artifact in shown["artifacts"]:
        assert await client.get("versions", "HEAD", "artifacts", artifact["path"], notebook=NAME) == artifact
    assert "data äß/50%.csv" in [artifact["path"] for artifact in shown["artifacts"]]
    missing = await client.get("versions", version["id"], "artifacts", "../../etc/passwd", notebook=NAME)
    assert (missing.status, missing.error["kind"]) in {(404, "unknown-path"), (404, "not-found")}


async def test_a_closed_notebook_is_written_by_the_server(client, project, make_notebook):
    first = await client.checkpoint(NAME)
    before = (project / "n.ipynb").read_bytes()
    nbformat.write(make_notebook("other"), project / "n.ipynb")
    await client.checkpoint(NAME)
    done = await client.result(await client.post("restores", notebook=NAME, version=first["id"]))
    assert (done["documents"], done["written"]) == ([], [NAME])
    assert (project / "n.ipynb").read_bytes() == before


async def test_single_files_can_be_restored(client, project):
    (project / "mlversion.toml").write_text('track = ["*.csv", "*.bin"]\n')
    first = await client.checkpoint(NAME)
    (project / "model.bin").write_bytes(b"weights two")
    (project / "train.csv").write_text("other")
    second = await client.checkpoint(NAME)
    done = await client.result(await client.post("restores", notebook=NAME, version=first["id"], paths=["train.csv"]))
    assert done["written"] == ["my project/train.csv"]
    assert (project / "model.bin").read_bytes() == b"weights two"
    assert (await client.get("status", notebook=NAME))["head"]["id"] == second["id"]


async def test_what_does_not_exist_is_404(client, project):
    await client.checkpoint(NAME)
    for answer in (await client.get("versions", "f" * 40, notebook=NAME),
                   await client.get("versions", "no-such-branch", "difference", notebook=NAME),
                   await client.get("versions", "nope", "figures", "metrics", notebook=NAME),
                   await client.post("restores/plan", notebook=NAME, version="nope"),
                   await client.get("jobs", "nope"), await client.delete("jobs", "nope")):
        assert answer.status == 404, answer
        assert answer.error["message"]
    job = await client.ended(await client.post("staging/never", notebook=NAME))
    assert (job["state"], job["error"]["kind"]) == ("failed", "unknown-key")
    job = await client.ended(await client.post("restores", notebook=NAME, version="nope"))
    assert (job["state"], job["error"]["kind"]) == ("failed", "unknown-version")
    job = await client.ended(await client.post("versions", notebook="my project/missing.ipynb"))
    assert (job["state"], job["error"]["kind"]) == ("failed", "unknown-path")


async def test_a_document_that_is_no_notebook_fails_its_job(client, project):
    for document in ([1], "text", {"cells": 3}):
        job = await client.ended(await client.post("versions", notebook=NAME, document=document))
        assert (job["state"], job["error"]["kind"]) == ("failed", "invalid-notebook")


async def test_odd_text_survives(client, project, make_notebook):
    document = make_notebook("print('</script> \u2028 \ud83d\ude00 \\x00')")
    message = "<img src=x onerror=alert(1)> \u202e"
    version = await client.checkpoint(NAME, document, message=message)
    assert version["message"] == message
    shown = await client.get("versions", version["id"], notebook=NAME)
    assert shown["message"] == message


async def test_fifty_megabytes_of_outputs(client, project, make_notebook):
    document = make_notebook("plot()")
    document["cells"][0]["outputs"][0]["text"] = "0123456789abcdef" * (50 * 2**16)
    version = await client.checkpoint(NAME, document)
    shown = await client.get("versions", version["id"], notebook=NAME)
    assert next(artifact["size"] for artifact in shown["artifacts"] if artifact["role"] == "notebook") > 50 * 2**20


async def test_half_a_character_is_kept(jp_fetch, client, project, make_notebook):
    body = json.dumps({"notebook": NAME, "document": make_notebook("HALF")}).replace("HALF", "\\ud83d")
    reply = await jp_fetch("mlversion", "api", "versions", method="POST", body=body)
    version = (await client.result(json.loads(reply.body)))["version"]
    posted = await client.post("restores", notebook=NAME, version=version["id"], open_documents=[NAME])
    done = await client.result(posted)
    assert done["documents"][0]["content"]["cells"][0]["source"] == "\ud83d"


async def test_two_workspaces_and_two_notebooks_keep_to_themselves(client, project, jp_root_dir, make_notebook):
    other = jp_root_dir / "other"
    other.mkdir()
    nbformat.write(make_notebook("x", ids="x"), other / "n.ipynb")
    nbformat.write(make_notebook("y", ids="y"), project / "m.ipynb")
    names = [NAME, "other/n.ipynb", "my project/m.ipynb"]
    posted = [await client.post("versions", notebook=name) for name in names]
    versions = [await client.result(answer) for answer in posted]
    for name, made in zip(names, versions, strict=True):
        listed = await client.get("versions", notebook=name)
        assert [version["id"] for version in listed["versions"]] == [made["version"]["id"]]
    everything = await client.get("versions", notebook=NAME, all=1)
    assert {version["notebook"] for version in everything["versions"]} == {"n.ipynb", "m.ipynb"}
    assert (await client.get("status", folder="other"))["workspace"] == str(other)
    jobs = (await client.get("jobs", notebook=NAME))["jobs"]
    assert [job["notebook"] for job in jobs] == [NAME, "my project/m.ipynb"]


async def test_the_drive_of_real_time_collaboration_is_dropped(client, project):
    version = await client.checkpoint("RTC:" + NAME)
    assert (await client.get("versions", notebook=NAME))["head"] == version["id"]


async def test_a_renamed_notebook_keeps_its_line(client, jp_fetch, project, heard):
    version = await client.checkpoint(NAME)
    await jp_fetch("api", "contents", "my project", "n.ipynb", method="PATCH",
                   body=json.dumps({"path": "my project/renamed.ipynb"}))
    await heard.wait_for("workspace-changed")
    listed = await client.get("versions", notebook="my project/renamed.ipynb")
    assert (listed["line"], listed["head"]) == (version["line"], version["id"])


async def test_new_settings_count_from_the_next_request(client, project):
    await client.checkpoint(NAME)
    (project / "mlversion.toml").write_text('cell_tag = "keep"\n')
    assert (await client.get("status", notebook=NAME))["cell_tag"] == "keep"
    (project / "mlversion.toml").write_text("cell_tag = 3\n")
    answer = await client.get("status", notebook=NAME)
    assert (answer.status, answer.error["kind"]) == (422, "invalid-config")


async def test_a_workspace_whose_versions_were_deleted_starts_again(client, project):
    import shutil

    await client.checkpoint(NAME)
    while (project / ".mlversion").exists():  # the server may be looking at it
        shutil.rmtree(project / ".mlversion", ignore_errors=True)
    assert (await client.get("versions", notebook=NAME))["versions"] == []
    again = await client.checkpoint(NAME)
    assert again["parents"] == []


async def test_pages_with_the_graph_fit_together(client, project, make_notebook):
    made = [await client.checkpoint(NAME, make_notebook(str(number))) for number in range(3)]
    back = {"notebook": NAME, "version": made[0]["id"], "open_documents": []}
    await client.result(await client.post("restores", **back))
    branched = await client.checkpoint(NAME, make_notebook("another way"))
    whole = await client.get("versions", notebook=NAME, graph=1)
    assert [version["id"] for version in whole["versions"]] == [
        version["id"] for version in (branched, *made[::-1])]
    assert [version["row"]["lane"] for version in whole["versions"]] == [1, 0, 0, 0]
    assert whole["versions"][-1]["row"]["edges"] == [[0, 0, "child"], [1, 0, "child"]]
    assert whole["safeties"] == 1
    pages = [(await client.get("versions", notebook=NAME, graph=1, limit=1, offset=at))["versions"] for at in range(4)]
    assert [page[0]["row"] for page in pages] == [version["row"] for version in whole["versions"]]
    filtered = await client.get("versions", notebook=NAME, graph=1, where=f'id != "{made[1]["id"]}"')
    assert [version["row"]["lane"] for version in filtered["versions"]] == [1, 0, 0]
    sorted_ = await client.get("versions", notebook=NAME, graph=1, sort="message")
    assert {version["row"] is None for version in sorted_["versions"]} == {True}


async def test_a_page_is_the_one_that_holds_a_version(client, project, make_notebook):
    made = [await client.checkpoint(NAME, make_notebook(str(number))) for number in range(5)]
    for sort in (None, "message"):
        asked = {} if sort is None else {"sort": sort, "ascending": 1}
        page = await client.get("versions", notebook=NAME, graph=1, limit=2, around=made[1]["id"], **asked)
        assert page["offset"] == 2
        whole = await client.get("versions", notebook=NAME, **asked)
        assert made[1]["id"] in [version["id"] for version in page["versions"]]
        held = [version["id"] for version in whole["versions"][page["offset"] : page["offset"] + 2]]
        assert [version["id"] for version in page["versions"]] == held
    other = await client.get("versions", notebook=NAME, limit=2, around="0" * 40)
    assert (other["offset"], other["versions"][0]["id"]) == (0, made[-1]["id"])


async def test_lists_in_any_order_follow_what_is_done_to_versions(client, project, make_notebook):
    made = [await client.checkpoint(NAME, make_notebook(str(number))) for number in range(2)]
    asked = {"notebook": NAME, "sort": "message", "where": "starred == 0"}
    assert (await client.get("versions", **asked))["total"] == 2
    await client.patch(f"versions/{made[0]['id']}", starred=True, notebook=NAME)
    assert [version["id"] for version in (await client.get("versions", **asked))["versions"]] == [made[1]["id"]]
