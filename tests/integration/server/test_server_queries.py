"""What a box for queries asks over HTTP."""

from __future__ import annotations

NAME = "my project/n.ipynb"


async def three_versions(client, project, make_notebook):
    """Of the notebook; the last two changed the data."""
    (project / "mlversion.toml").write_text('track = ["*.csv"]\n')
    await client.checkpoint(NAME, make_notebook("one"), message="the first")
    (project / "train.csv").write_text("other\n")
    await client.checkpoint(NAME, make_notebook("two"), message="the second")
    (project / "train.csv").write_text("another\n")
    await client.checkpoint(NAME, make_notebook("three"), message="a third")


async def test_without_versions_there_is_nothing_to_ask_for_and_errors_are_errors(client, project):
    assert await client.get("versions-count", notebook=NAME) == {"fitting": 0, "total": 0}
    names = await client.get("names", notebook=NAME)
    assert (names["metrics"], names["params"]) == ([], [])
    assert {"name": "branch", "kind": "text", "meaning": "the branch that it was made on"} in names["fields"]
    answer = await client.get("versions-count", notebook=NAME, where="acc >")
    assert answer.status == 400
    assert sorted(path.name for path in project.iterdir()) == ["model.bin", "n.ipynb", "train.csv"]


async def test_counts_are_those_of_the_listing(client, project, make_notebook):
    await three_versions(client, project, make_notebook)
    for where, fitting in (("", 3), ("the", 2), ("train.csv modified", 2), ("nothing so", 0)):
        assert await client.get("versions-count", notebook=NAME, where=where) == {"fitting": fitting, "total": 3}
        listed = await client.get("versions", notebook=NAME, where=where, sort="time")
        assert (len(listed["versions"]), listed["total"]) == (fitting, fitting)
    assert (await client.get("versions-count", folder="my project", where="the"))["total"] == 0
    assert (await client.get("versions-count", folder="my project", where="the", all=1))["fitting"] == 2


async def test_a_query_that_means_nothing_tells_the_place(client, project, make_notebook):
    await three_versions(client, project, make_notebook)
    for route in ("versions", "versions-count"):
        answer = await client.get(route, notebook=NAME, where="acc > 0.9 and lr <")
        assert answer.status == 400
        error = answer.error
        assert (error["kind"], error["start"], error["end"]) == ("invalid-query", 17, 18)
        assert "a value is expected after '<'" in error["message"]


async def test_completions_know_the_versions(client, project, make_notebook):
    await three_versions(client, project, make_notebook)
    found = await client.get("completions", notebook=NAME, where="message == ", place=11)
    assert found["options"] == sorted(['"the first"', '"the second"', '"a third"'])
    assert (await client.get("completions", notebook=NAME, where="trig", place=4))["options"] == ["trigger"]
