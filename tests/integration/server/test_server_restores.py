"""Restores of parts, as copy, and beside a kernel that works."""

from __future__ import annotations

import asyncio

NAME = "my project/n.ipynb"


async def in_state(kernel, state):
    """The server heard that the kernel is in that state."""
    async with asyncio.timeout(60):
        while kernel.execution_state != state:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)  # between two looks at the condition


async def two_versions(client, project, make_notebook):
    """The first of two versions; the notebook and the model differ in the second."""
    version = await client.checkpoint(NAME, make_notebook("read('train.csv')", "save('model.bin')"))
    (project / "model.bin").write_bytes(b"weights two, longer")
    await client.checkpoint(NAME, make_notebook("read('train.csv')", "save('model.bin')", "more"))
    return version


async def test_a_part_is_planned_and_restored_alone(client, project, make_notebook):
    first = await two_versions(client, project, make_notebook)
    edited = make_notebook("other cells")
    whole = (await client.post("restores/plan", notebook=NAME, version=first["id"], document=edited))["plan"]
    assert whole["roles"]["n.ipynb"] == "notebook"
    assert whole["cells"]
    role = whole["roles"]["model.bin"]
    assert whole["present"]["model.bin"] == len(b"weights two, longer")
    asked = {"notebook": NAME, "version": first["id"], "document": edited, "parts": [role]}
    plan = (await client.post("restores/plan", **asked))["plan"]
    assert [write["path"] for write in plan["writes"]] == ["model.bin"]
    assert plan["cells"] == []
    done = await client.result(await client.post("restores", **asked, open_documents=[NAME]))
    assert (done["written"], done["documents"]) == (["my project/model.bin"], [])
    assert (project / "model.bin").read_bytes() == b"weights one"
    assert (await client.post("restores", notebook=NAME, version=first["id"], parts=["plans"])).status == 422


async def test_a_copy_goes_to_a_new_folder(client, project, make_notebook):
    first = await two_versions(client, project, make_notebook)
    wanted = {"notebook": NAME, "version": first["id"], "as_copy": "then"}
    plan = (await client.post("restores/plan", **wanted))["plan"]
    assert "then/n.ipynb" in [write["path"] for write in plan["writes"]]
    done = await client.result(await client.post("restores", **wanted))
    assert (done["folder"], done["notebook"]) == ("my project/then", "my project/then/n.ipynb")
    assert (project / "then" / "model.bin").read_bytes() == b"weights one"
    assert (project / "model.bin").read_bytes() == b"weights two, longer"
    again = await client.ended(await client.post("restores", **wanted))
    assert (again["state"], again["error"]["kind"]) == ("failed", "conflict")
    assert (await client.post("restores/plan", **wanted)).status == 409


async def test_a_restore_waits_for_the_kernel_unless_it_is_confirmed(client, project, make_notebook, jp_serverapp):
    first = await two_versions(client, project, make_notebook)
    sessions = jp_serverapp.session_manager
    session = await sessions.create_session(path=NAME, name="n.ipynb", type="notebook", kernel_name="python3")
    kernel = jp_serverapp.kernel_manager.get_kernel(session["kernel"]["id"])
    try:
        other = kernel.client()  # another client than the one that asks for the restore
        other.start_channels()
        await other.wait_for_ready(timeout=60)
        other.execute("import time; time.sleep(600)")
        await in_state(kernel, "busy")
        refused = await client.post("restores", notebook=NAME, version=first["id"])
        assert (refused.status, refused.error["kind"]) == (409, "kernel-busy")
        assert (project / "model.bin").read_bytes() == b"weights two, longer"
        done = await client.result(await client.post("restores", notebook=NAME, version=first["id"], confirm_busy=True))
        assert done["restored"]
        assert (project / "model.bin").read_bytes() == b"weights one"
        other.stop_channels()
    finally:
        await sessions.delete_session(session["id"])
