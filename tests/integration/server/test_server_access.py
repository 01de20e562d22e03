"""Who may ask, and what becomes of requests that are wrong."""

from __future__ import annotations

import json

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

NAME = "my project/n.ipynb"

READS = ["status", "versions", "versions/HEAD", "versions/HEAD/artifacts",
         "versions/HEAD/artifacts/a/b", "versions/HEAD/contents/a/b", "versions/HEAD/preview/a/b",
         "versions/HEAD/artifact-difference/a/b", "versions/HEAD/difference", "versions/HEAD/figures/metrics",
         "versions/HEAD/figures/splits", "figures/history", "storage", "jobs", "jobs/x",
         "tags", "branches", "deletions"]
WRITES = [("POST", "versions"), ("POST", "restores"), ("POST", "restores/plan"), ("POST", "restores/x/acknowledgement"),
          ("POST", "staging/x"), ("POST", "gc"), ("PUT", "versions/HEAD/deletion"),
          ("DELETE", "versions/HEAD/deletion"), ("DELETE", "jobs/x"),
          ("PATCH", "versions"), ("PATCH", "versions/HEAD"), ("PUT", "tags/a"), ("DELETE", "tags/a"),
          ("PUT", "branches/a"), ("PATCH", "branches/a"), ("DELETE", "branches/a"), ("POST", "deletions"),
          ("POST", "undeletions"), ("POST", "verify")]
ALL = [("GET", path) for path in READS] + WRITES


async def status_of(fetch, method, path, **request):
    body = None if method in {"GET", "DELETE"} else request.pop("body", "{}")
    try:
        reply = await fetch("mlversion", "api", *path.split("/"), method=method, body=body, **request)
    except HTTPClientError as failure:
        return failure.code
    return reply.code


async def test_nobody_without_a_token(jp_fetch, project):
    for method, path in ALL:
        assert await status_of(jp_fetch, method, path, headers={"Authorization": "token wrong"}) == 403, (method, path)


async def test_who_is_not_logged_in_is_told_so(jp_fetch, project):
    with pytest.raises(HTTPClientError) as refusal:
        await jp_fetch("mlversion", "api", "versions", headers={"Authorization": "token wrong"})
    assert json.loads(refusal.value.response.body)["error"]["kind"] == "unauthenticated"


async def test_a_browser_must_bring_the_xsrf_token(jp_fetch, project):
    reply = await jp_fetch("api", "status")  # logs in: the answer sets the cookie of a session
    session = "; ".join(cookie.partition(";")[0] for cookie in reply.headers.get_list("Set-Cookie"))
    headers = {"Authorization": "none", "Cookie": f"{session}; _xsrf=0123456789abcdef"}
    for method, path in WRITES:
        assert await status_of(jp_fetch, method, path, headers=dict(headers)) == 403, (method, path)
        xsrf = {**headers, "X-XSRFToken": "0123456789abcdef"}
        assert await status_of(jp_fetch, method, path, headers=xsrf) in {400, 404, 422}, (method, path)


class ReadOnly(Authorizer):
    """Reading is for everyone, writing for no one; only this package's resource is known."""

    def is_authorized(self, handler, user, action, resource):
        return action == "read" and resource == "mlversion"


class WriteOnly(Authorizer):
    """The reverse: shows that no method asks for the action of another one."""

    def is_authorized(self, handler, user, action, resource):
        return action == "write" and resource == "mlversion"


@pytest.mark.parametrize(("authorizer", "allowed"), [(ReadOnly, "GET"), (WriteOnly, "write")])
async def test_every_method_names_its_action_and_the_resource(jp_fetch, jp_serverapp, project, authorizer, allowed):
    jp_serverapp.web_app.settings["authorizer"] = authorizer()
    for method, path in ALL:
        status = await status_of(jp_fetch, method, path)
        assert (status != 403) == ((method == "GET") == (allowed == "GET")), (method, path, status)


async def test_what_is_not_json_is_400_and_json_of_another_form_422(jp_fetch, client, project):
    assert await status_of(jp_fetch, "POST", "versions", body="{nope") == 400
    assert (await client.post("versions", notebook=1)).status == 422
    assert (await client.post("restores", notebook=NAME)).error["kind"] == "invalid-input"
    assert (await client.post("restores", notebook=NAME, version=["x"])).status == 422
    assert await status_of(jp_fetch, "POST", "versions", body="[1]") == 422


async def test_a_query_that_cannot_be_used_is_400(client, project):
    assert (await client.get("versions", notebook=NAME, limit="many")).error["kind"] == "usage-error"
    assert (await client.get("versions", notebook=NAME, limit=0)).status == 400
    assert (await client.get("versions")).status == 400
    assert (await client.get("jobs", "x", wait=31)).status in {400, 404}


@pytest.mark.parametrize("path", ["../secret.ipynb", "a/../../b.ipynb", "/../x.ipynb", "RTC:../x.ipynb"])
async def test_no_path_leaves_the_servers_folder(client, project, path):
    for answer in (await client.get("status", notebook=path), await client.post("versions", notebook=path),
                   await client.post("staging", "key", notebook=path),
                   await client.post("restores", notebook=path, version="HEAD")):
        assert (answer.status, answer.error["kind"]) == (403, "outside-workspace")


async def test_hidden_folders_are_served_only_when_the_server_serves_them(client, jp_serverapp, jp_root_dir):
    (jp_root_dir / ".secret").mkdir()
    assert (await client.get("status", folder=".secret")).status == 404
    jp_serverapp.contents_manager.allow_hidden = True
    assert (await client.get("status", folder=".secret"))["prefix"] == ".secret"


async def test_a_path_in_a_restore_stays_in_the_workspace(client, project):
    version = await client.checkpoint(NAME)
    answer = await client.post("restores/plan", notebook=NAME, version=version["id"], paths=["../../x"])
    assert (answer.status, answer.error["kind"]) == (403, "outside-workspace")


async def test_an_error_of_ours_inside_says_nothing_of_the_inside(jp_fetch, jp_serverapp, project, caplog):
    """A contents manager that breaks its promise stands for anything unexpected."""
    type(jp_serverapp.contents_manager).allow_hidden.set(jp_serverapp.contents_manager, False)
    jp_serverapp.web_app.settings["jupyter_mlversion"].service.workspaces.contents = None
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("mlversion", "api", "status", params={"notebook": NAME})
    answer = json.loads(caught.value.response.body)
    assert caught.value.code == 500
    assert answer["error"]["kind"] == "internal"
    assert "NoneType" not in answer["error"]["message"]
    assert "NoneType" in caplog.text


async def test_contents_that_are_no_local_files_say_so(client, jp_serverapp, project):
    from jupyter_server.services.contents.manager import ContentsManager

    class Cloud(ContentsManager):
        """A manager without files."""

    service = jp_serverapp.web_app.settings["jupyter_mlversion"].service
    service.workspaces.contents._manager = Cloud(parent=jp_serverapp)
    answer = await client.get("status", notebook=NAME)
    assert answer.error["kind"] == "file-failure"
    assert "Cloud" in answer.error["message"]
