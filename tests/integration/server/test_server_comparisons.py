"""Versions side by side over HTTP."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import nbformat
from nbformat.v4 import new_output

from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen

NAME = "my project/n.ipynb"
EVIL = "<img src=x onerror=alert(1)>"


def log(project, number, make_notebook):
    """A version with a metric of three steps and a parameter."""
    repository = Repository.open(project, create=True)
    (project / "model.bin").write_bytes(b"weights %d" % number)
    values = [number / 4, number / 2, number]

    def runs(batch):
        series = json.dumps({"acc": {"steps": [0, 1, 2], "times": [0, 1, 2], "values": values}})
        metric = Metric(values[-1], values[0], values[-1], 3, 2)
        return (Run("", "cell-0", 1.0, params={"lr": number, EVIL: EVIL}, metrics={"acc": metric},
                    series=batch.put_bytes(series.encode()).digest),)

    document = make_notebook(f"x = {number}", "save('model.bin')")
    if number == 2:
        document["cells"][0]["outputs"] = [
            new_output("display_data", data={"text/plain": "two", "application/javascript": "window.hacked = 1"}),
            new_output("stream", text="x" * 5_000_000)]
    nbformat.write(document, project / "n.ipynb")
    event = Checkpoint(f"s.{number}", Trigger.CELL, datetime.now(UTC), f"{EVIL} {number}", "n.ipynb", "cell-0")
    repository.stage(event, Seen({"model.bin": Access.WRITTEN}, runs=runs))
    return repository.join(f"s.{number}").version


async def test_versions_and_the_workspace_side_by_side(client, project, make_notebook):
    versions = [log(project, number, make_notebook) for number in (1, 2)]
    (project / "model.bin").write_bytes(b"by hand")
    named = ",".join([*(version.id for version in versions), "workspace"])
    told = await client.get("comparisons", notebook=NAME, versions=named)
    assert [side["id"] for side in told["sides"]] == [*(version.id for version in versions), "workspace"]
    [metric] = told["metrics"]
    assert [one["last"] for one in metric["values"][:2]] == [1, 2]
    assert metric["best"] == [1, 2]
    params = {row["name"]: row for row in told["params"]}
    assert params["lr"]["values"] == [1, 2, 2]
    files = {row["path"]: row for row in told["artifacts"]}
    assert len({one["digest"] for one in files["model.bin"]["values"]}) == 3
    few = await client.get("comparisons", notebook=NAME, versions=f"{versions[0].short},HEAD", differences_only=1)
    assert [row["name"] for row in few["params"]] == ["lr"]
    assert few["environment"] == []
    assert few["same"]["environment"] > 10
    assert set(told["cut"].values()) == {0}


async def test_very_long_tables_are_cut_and_say_so(client, project, make_notebook, monkeypatch):
    monkeypatch.setattr("jupyter_mlversion.server.comparisons.MOST_CELLS", 6)
    versions = [log(project, number, make_notebook) for number in (1, 2)]
    told = await client.get("comparisons", notebook=NAME, versions=",".join(version.id for version in versions))
    assert len(told["environment"]) == 3
    assert told["cut"]["environment"] > 10
    assert told["cut"]["metrics"] == 0


async def test_what_cannot_be_compared_is_refused_in_words(client, project, make_notebook):
    first = log(project, 1, make_notebook)
    for versions in ("", first.id, f"{first.id},HEAD", ",".join(["HEAD"] * 21)):
        answer = await client.get("comparisons", notebook=NAME, versions=versions)
        assert answer.status == 400
        assert "different versions can be compared" in answer.error["message"]
        for more in ("figures", "export"):
            assert (await client.get("comparisons", more, notebook=NAME, versions=versions)).error == answer.error
    answer = await client.get("comparisons", notebook=NAME, versions="HEAD,nothing")
    assert (answer.status, answer.error["kind"]) == (404, "unknown-version")


async def test_a_notebook_cell_by_cell_and_outputs_on_demand(client, project, make_notebook):
    one, two = (log(project, number, make_notebook) for number in (1, 2))
    told = await client.get("versions", one.id, "notebook-difference", notebook=NAME, to=two.id)
    assert (told["before"], told["after"]) == ("n.ipynb", "n.ipynb")
    [edited, same] = told["cells"]
    assert (edited["change"], edited["earlier"], edited["source"]) == ("modified", "x = 1", "x = 2")
    assert (edited["gone"], edited["new"]) == ([[4, 1]], [[4, 1]])
    assert (edited["outputs"], edited["outputs_differ"]) == ([1, 2], True)
    assert same["change"] is None
    before = await client.get("versions", one.id, "cells", "0", "outputs", notebook=NAME)
    assert [output["text"] for output in before["outputs"]] == ["ran x = 1\n"]
    after = await client.get("versions", two.id, "cells", "0", "outputs", notebook=NAME)
    assert after["outputs"][0]["data"] == {"text/plain": "two"}
    assert "too many to be shown" in after["outputs"][1]["text"]
    nbformat.write(make_notebook("x = 7"), project / "n.ipynb")
    now = await client.get("versions", two.id, "notebook-difference", notebook=NAME)
    assert [cell["change"] for cell in now["cells"]] == ["modified", "removed"]
    saved = await client.get("versions", "workspace", "cells", "0", "outputs", notebook=NAME, like=one.id)
    assert [output["text"] for output in saved["outputs"]] == ["ran x = 7\n"]


async def test_a_line_for_each_version_over_steps(client, project, make_notebook):
    one, two = (log(project, number, make_notebook) for number in (1, 2))
    named = f"{one.id},{two.id}"
    answer = await client.get("comparisons", "figures", notebook=NAME, versions=named)
    assert answer["total"] == 1
    [figure] = answer["figures"]
    assert figure["name"] == "acc"
    assert [trace["y"] for trace in figure["figure"]["data"]] == [[0.25, 0.5, 1], [0.5, 1, 2]]
    assert EVIL not in json.dumps(figure["figure"])
    none = await client.get("comparisons", "figures", notebook=NAME, versions=named, first=1)
    assert none["figures"] == []


async def test_a_page_and_a_sheet(client, project, make_notebook):
    one, two = (log(project, number, make_notebook) for number in (1, 2))
    named = f"{one.id},{two.id},workspace"
    page = await client.get("comparisons", "export", notebook=NAME, versions=named, format="html")
    assert page["name"] == f"comparison-{one.short}-{two.short}-workspace.html"
    assert EVIL not in page["content"]
    assert "<polyline" in page["content"]
    assert "<del>1</del>" in page["content"]
    sheet = await client.get("comparisons", "export", notebook=NAME, versions=named, format="csv")
    rows = list(csv.reader(io.StringIO(sheet["content"])))
    assert ["parameter", "lr", "", "1", "2", "2"] in rows
