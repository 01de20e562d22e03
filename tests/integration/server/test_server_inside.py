"""The bytes of files of versions, previews, and differences, over HTTP."""

from __future__ import annotations

import numpy as np
import pytest
from tornado.httpclient import HTTPClientError

from jupyter_mlversion.server import inside

NAME = "my project/n.ipynb"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


@pytest.fixture
def make_versions(client, project, make_notebook):
    """Makes two versions, whose files differ."""
    return lambda: versions_of(client, project, make_notebook)


async def versions_of(client, project, make_notebook):
    (project / "mlversion.toml").write_text('track = ["*.csv", "*.bin", "*.npy", "*.svg", "a b/*"]\n')
    (project / "a b").mkdir()
    (project / "a b" / "<i>é.txt").write_text("one\ntwo\n")
    (project / "train.csv").write_text("id,v\n1,a\n2,b\n")
    (project / "logo.svg").write_text(SVG)
    np.save(project / "w.npy", np.zeros(4))
    first = await client.checkpoint(NAME, make_notebook("1"))
    (project / "train.csv").write_text("id,v\n1,A\n3,c\n")
    np.save(project / "w.npy", np.ones(4))
    (project / "a b" / "<i>é.txt").unlink()
    second = await client.checkpoint(NAME, make_notebook("2"))
    return first["id"], second["id"]


async def fetch(jp_fetch, version, path, **headers):
    return await jp_fetch("mlversion", "api", "versions", version, "contents", *path.split("/"),
                          params={"notebook": NAME}, headers=headers)


async def test_bytes_can_be_had_and_do_nothing(jp_fetch, make_versions, client):
    versions = await make_versions()
    reply = await fetch(jp_fetch, versions[0], "logo.svg")
    assert reply.body.decode() == SVG
    headers = reply.headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    named = await fetch(jp_fetch, versions[0], "a b/<i>é.txt")
    assert named.body == b"one\ntwo\n"
    assert named.headers["Content-Disposition"].endswith("filename*=UTF-8''%3Ci%3E%C3%A9.txt")


async def test_a_range_can_be_had(jp_fetch, make_versions):
    versions = await make_versions()
    part = await fetch(jp_fetch, versions[0], "train.csv", Range="bytes=3-6")
    assert (part.code, part.body, part.headers["Content-Range"]) == (206, b"v\n1,", "bytes 3-6/13")
    end = await fetch(jp_fetch, versions[0], "train.csv", Range="bytes=-4")
    assert (end.body, end.headers["Content-Length"]) == (b"2,b\n", "4")
    with pytest.raises(HTTPClientError) as failure:
        await fetch(jp_fetch, versions[0], "train.csv", Range="bytes=99-")
    assert failure.value.code == 416


async def test_previews(client, make_versions):
    versions = await make_versions()
    table = await client.get("versions", versions[0], "preview", "train.csv", notebook=NAME, first=1)
    assert (table["kind"], table["rows"], table["row_count"], table["size"]) == ("table", [["2", "b"]], 2, 13)
    assert table["digest"].startswith("blake3:")
    text = await client.get("versions", versions[0], "preview", "a b", "<i>é.txt", notebook=NAME)
    assert text["text"] == "one\ntwo\n"
    model = await client.get("versions", versions[1], "preview", "w.npy", notebook=NAME)
    assert model["tensors"][0]["shape"] == [4]
    gone = await client.get("versions", versions[1], "preview", "a b", "<i>é.txt", notebook=NAME)
    assert (gone.status, gone.error["kind"]) == (404, "unknown-path")
    assert (await client.get("versions", versions[1], "preview", "train.csv", notebook=NAME, limit=0)).status == 400


async def test_differences(client, make_versions, project):
    versions = await make_versions()
    async def compared(*path, **query):
        return await client.get("versions", versions[0], "artifact-difference", *path, notebook=NAME, **query)

    table = await compared("train.csv", to=versions[1])
    assert (table["change"], table["inside"]["kind"]) == ("modified", "table")
    assert table["inside"]["rows"] == {"before": 2, "after": 2, "same": 0, "changed": 1, "added": 1, "removed": 1}
    assert (await compared("w.npy", to=versions[1]))["inside"]["tensors"][0]["largest"] == 1
    gone = await compared("a b", "<i>é.txt", to=versions[1])
    assert (gone["change"], gone["before"]["size"], gone["after"], gone["inside"]) == ("removed", 8, None, {})
    same = await compared("logo.svg", to=versions[1])
    assert (same["change"], same["inside"]) == (None, {})
    (project / "train.csv").write_text("id,v\n1,a\n2,x\n")
    here = await compared("train.csv")
    assert here["inside"]["changed"][0]["to"] == ["2", "x"]
    assert (await compared("nothing.csv")).status == 404
    assert (await compared("../../etc/passwd")).status == 404
    assert (await compared("train.csv", to=versions[1], key="nope")).status == 400


async def test_of_the_workspace_only_what_the_server_shows_can_be_had(client, make_versions, jp_fetch, project):
    await make_versions()
    (project / ".env").write_text("KEY=1\n")
    (project / "a b" / ".hidden").mkdir()
    (project / "a b" / ".hidden" / "x.txt").write_text("secret\n")
    async def seen(*path):
        return await client.get("versions", "workspace", "preview", *path, notebook=NAME)

    assert (await seen("train.csv"))["kind"] == "table"
    assert (await fetch(jp_fetch, "workspace", "train.csv")).body == b"id,v\n1,A\n3,c\n"
    for path in (".env", "a b/.hidden/x.txt", "a b/../.env", ".mlversion/index.sqlite"):
        answer = await seen(*path.split("/"))
        assert (answer.status, answer.error["kind"]) == (404, "unknown-path"), path
        with pytest.raises(HTTPClientError) as failure:
            await fetch(jp_fetch, "workspace", path)
        assert failure.value.code == 404
        differs = await client.get("versions", "HEAD", "artifact-difference", *path.split("/"), notebook=NAME)
        assert differs.status == 404


async def test_a_link_out_of_the_workspace_is_not_followed(client, make_versions, project, tmp_path):
    versions = await make_versions()
    (tmp_path / "secret.csv").write_text("id,v\n9,secret\n")
    (project / "train.csv").unlink()
    (project / "train.csv").symlink_to(tmp_path / "secret.csv")
    answer = await client.get("versions", versions[0], "artifact-difference", "train.csv", notebook=NAME)
    assert (answer["change"], answer["after"]) == ("removed", None)


async def test_large_files_are_compared_by_a_job(client, make_versions, monkeypatch):
    versions = await make_versions()
    monkeypatch.setattr(inside, "_QUICK", 0)
    posted = await client.get("versions", versions[0], "artifact-difference", "train.csv", notebook=NAME,
                              to=versions[1])
    assert posted["job"]["kind"] == "compare"
    assert (await client.result(posted))["inside"]["rows"]["changed"] == 1


async def test_bytes_that_were_not_kept_are_said(client, project, make_notebook):
    (project / "mlversion.toml").write_text('track = ["*.csv"]\nsize_limit = "1 KB"\n')
    (project / "train.csv").write_text("a,b\n" * 5000)
    version = await client.checkpoint(NAME, make_notebook("1"))
    answer = await client.get("versions", version["id"], "preview", "train.csv", notebook=NAME)
    assert (answer.status, answer.error["kind"]) == (403, "file-failure")
    assert "not kept" in answer.error["message"]
