"""Charts over HTTP: of versions and of what is logged now."""

from __future__ import annotations

import json

import pytest

from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.tracking import Recorder

NAME = "my project/n.ipynb"


@pytest.fixture
def kernel(project):
    """What a kernel of the notebook logs with."""
    made = Recorder()
    made.attach(project / ".mlversion" / "metrics" / "session.jsonl", makes=True, session="session", notebook="n.ipynb")
    made.begin("train")
    return made


def version(project, kernel, message):
    """A version of what the kernel logged."""
    from datetime import UTC, datetime

    repository = Repository.open(project, create=True)
    asked = Checkpoint(message, Trigger.CELL, datetime.now(UTC), message, "n.ipynb")
    repository.stage(asked, Seen({}, runs=kernel.seal))
    kernel.stored()
    return repository.join(message).version


async def test_charts_of_versions_and_of_what_is_logged_now(client, project, kernel):
    assert await client.get("figures", "chart", notebook=NAME) == {
        "figures": [], "left_out": {}, "more": 0, "metrics": [], "params": []}
    kernel.log_params(lr=0.1)
    for step in range(3000):
        kernel.log(loss=1.0 / (step + 1), step=step)
    made = version(project, kernel, "first")
    answer = await client.get("figures", "chart", notebook=NAME, width="100", smooth="0.5", log="y")
    (figure,) = answer["figures"]
    raw, smooth = figure["figure"]["data"]
    assert figure["name"] == "loss"
    assert len(raw["x"]) == len(raw["y"]) <= 400
    assert smooth["meta"]["version"] == made.id
    (part,) = (await client.get("figures", "chart", notebook=NAME, width="100", first="10", last="20"))["figures"]
    assert part["figure"]["data"][0]["x"] == list(range(9, 22))
    kernel.begin("train")
    kernel.log(loss=0.5, step=0)
    kernel.flush()
    (figure,) = (await client.get("figures", "chart", notebook=NAME, live="1"))["figures"]
    assert [trace["meta"]["version"] for trace in figure["figure"]["data"]] == [made.id, ""]
    (figure,) = (await client.get("figures", "chart", notebook=NAME, live="1", where='id == ""'))["figures"]
    assert [trace["meta"]["version"] for trace in figure["figure"]["data"]] == [""]  # only what is logged now
    table = await client.get("figures", "table", notebook=NAME, live="1")
    assert [(row["version"], row["metrics"]["loss"]["count"]) for row in table["rows"]] == [("", 1), (made.id, 3000)]
    assert (table["metrics"], table["params"], table["lower"], table["total"]) == (["loss"], ["lr"], ["loss"], 2)


async def test_versions_and_metrics_are_chosen(client, project, kernel):
    kernel.log(loss=0.5, auc=0.25)
    first = version(project, kernel, "first")
    kernel.begin("train")
    kernel.log(loss=0.25, auc=0.5)
    version(project, kernel, "second")
    (figure,) = (await client.get("figures", "chart", notebook=NAME, versions=json.dumps([first.id]),
                                  metrics='["auc"]'))["figures"]
    assert [trace["meta"]["version"] for trace in figure["figure"]["data"]] == [first.id]
    (figure,) = (await client.get("figures", "chart", notebook=NAME, where="auc > 0.3", metrics='["auc"]',
                                  x="version"))["figures"]
    assert figure["figure"]["data"][0]["y"] == [0.5]
    assert (await client.get("figures", "table", folder="my project", all="1"))["total"] == 2


@pytest.mark.parametrize("words", [{"metrics": "loss"}, {"metrics": "[1]"}, {"kind": "pie"}, {"smooth": "1"},
                                   {"width": "0"}, {"first": "x"}])
async def test_what_means_nothing_is_400(client, project, words):
    answer = await client.get("figures", "chart", notebook=NAME, **words)
    assert (answer.status, answer.error["kind"]) == (400, "usage-error")


async def test_an_unknown_version_is_404(client, project, kernel):
    version(project, kernel, "first")
    answer = await client.get("figures", "chart", notebook=NAME, versions=json.dumps(["0" * 40]))
    assert answer.status == 404
