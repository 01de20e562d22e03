"""A real kernel, started through the server, stages; the front end's document joins."""

from __future__ import annotations

import asyncio
import json
import uuid

NAME = "my project/n.ipynb"
LOAD = '__import__("jupyter_mlversion.kernel", fromlist=["load"]).load()'


class Kernel:
    """A kernel of the notebook's session, over the websocket, as a front end talks to it."""

    def __init__(self, channel):
        self.channel = channel
        self.opened = []

    async def execute(self, code, *, cell="", tags=(), silent=False):
        """Run some code as the cell with that id and those tags; the status of the reply."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s",
                  "version": "5.3"}
        content = {"code": code, "silent": silent, "store_history": not silent, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}
        await self.channel.write_message(json.dumps({
            "header": header, "parent_header": {}, "metadata": {"cellId": cell, "tags": list(tags)}, "content": content,
            "channel": "shell", "buffers": []}))
        status, idle = None, False
        while status is None or not idle:
            message = json.loads(await self.channel.read_message())
            if message["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open" and content["target_name"] == "jupyter_mlversion":
                self.opened.append(content["data"])
            status = content["status"] if kind == "execute_reply" else status
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return status


async def start_kernel(jp_fetch, jp_ws_fetch):
    reply = await jp_fetch("api", "sessions", method="POST", request_timeout=60, body=json.dumps(
        {"path": NAME, "name": "n.ipynb", "type": "notebook", "kernel": {"name": "python3"}}))
    kernel = json.loads(reply.body)["kernel"]["id"]
    return Kernel(await jp_ws_fetch("api", "kernels", kernel, "channels"))


async def test_a_tagged_cell_is_staged_by_the_kernel_and_joined_by_post(
    client, project, jp_fetch, jp_ws_fetch, make_notebook, heard
):
    (project / "mlversion.toml").write_text("join_timeout = 3600\n")
    await client.get("status", notebook=NAME)
    async with asyncio.timeout(120):
        kernel = await start_kernel(jp_fetch, jp_ws_fetch)
        assert await kernel.execute(LOAD, silent=True) == "ok"
        code = "import jupyter_mlversion as m; m.log(loss=0.5); open('train.csv').read(); "
        code += "open('model.bin', 'w').write('one')"
        assert await kernel.execute(code, cell="cell-0", tags=["checkpoint"]) == "ok"
        assert await kernel.execute("open('model.bin', 'w').write('overwritten at once')", cell="cell-1") == "ok"
        assert await kernel.execute("1 / 0", cell="cell-2", tags=["checkpoint"]) == "error"
        [told] = [data for data in kernel.opened if data["event"] == "staged"]
        assert (told["cell_id"], told["when"]) == ("cell-0", "cell-finished")
        live = make_notebook("read('train.csv')", "save('model.bin')")
        posted = await client.post("staging", told["key"], notebook=NAME, document=live)
        version = (await client.result(posted))["version"]
        kernel.channel.close()
    assert (version["cell_id"], version["document"], version["metrics"]) == ("cell-0", "live", {"loss": 0.5})
    shown = await client.get("versions", version["id"], notebook=NAME)
    files = {artifact["path"]: (artifact["access"], artifact["size"]) for artifact in shown["artifacts"]}
    assert files["train.csv"][0] == "read"
    assert files["model.bin"] == ("written", 3)
    [added] = await heard.wait_for("version-added")
    assert added["version"]["id"] == version["id"]
    [figure] = (await client.get("versions", version["id"], "figures", "metrics", notebook=NAME))["figures"]
    assert (figure["name"], figure["figure"]["data"][0]["y"]) == ("loss", [0.5])
    [history] = (await client.get("figures/history", notebook=NAME))["figures"]
    assert history["figure"]["data"][0]["customdata"] == [version["id"]]


async def test_a_split_made_in_a_cell_is_shown_as_bars(client, project, jp_fetch, jp_ws_fetch, make_notebook):
    async with asyncio.timeout(120):
        kernel = await start_kernel(jp_fetch, jp_ws_fetch)
        await kernel.execute(LOAD, silent=True)
        code = "import jupyter_mlversion as m; m.split(10, target=['<b>a</b>', 'b'] * 5, strategy='stratified', seed=1)"
        assert await kernel.execute(code, cell="cell-0", tags=["checkpoint"]) == "ok"
        version = (await client.result(await client.post(
            "staging", kernel.opened[-1]["key"], notebook=NAME, document=make_notebook("split"))))["version"]
        kernel.channel.close()
    [figure] = (await client.get("versions", version["id"], "figures", "splits", notebook=NAME))["figures"]
    assert [bar["name"] for bar in figure["figure"]["data"]] == ["&lt;b&gt;a&lt;/b&gt;", "b"]
    assert [bar["y"] for bar in figure["figure"]["data"]] == [[4, 1], [4, 1]]
