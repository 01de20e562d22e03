"""The checks and pictures of a split over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.figures.views import VIEWS
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.splits import split

NAME = "my project/n.ipynb"
HOSTILE = "<img src=x onerror=alert(1)>"


def stage(project, seed):
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(400, 4)), columns=["a", "b", HOSTILE, "c"])
    data["target"] = rng.choice(["x", "y"], 400)
    made = split(data, target="target", seed=seed, name=HOSTILE, checks=False)
    train, test = made.rows.values()
    data.loc[test[:9], ["a", "b", HOSTILE, "c"]] = data.loc[train[:9], ["a", "b", HOSTILE, "c"]].to_numpy()
    made = split(data, target="target", seed=seed, name=HOSTILE)
    repository = Repository.open(project, create=True)
    seen = Seen({}, splits=lambda batch: (made.seal(batch),))
    key = f"session.{seed}"
    repository.stage(Checkpoint(key, Trigger.CELL, datetime.now(UTC), "m", "n.ipynb", "c"), seen)
    return repository.join(key).version, test[:9].tolist()


async def test_checks_and_pictures(client, project):
    first, copies = stage(project, 1)
    second, _ = stage(project, 2)
    shown = await client.get("versions", first.id, notebook=NAME)
    checks = {check["name"]: check for check in shown["splits"][0]["checks"]}
    assert checks["exact-duplicates"]["verdict"] == "problem"
    assert checks["exact-duplicates"]["rows"] == copies
    listed = await client.get("versions", notebook=NAME)
    assert listed["versions"][1]["glances"] == [
        {"name": HOSTILE, "parts": [{"name": "train", "size": 320}, {"name": "test", "size": 80}],
         "part_count": 2, "verdict": "problem"}]
    for view in VIEWS:
        answer = await client.get("versions", first.id, "figures", "splits", "0", view, notebook=NAME)
        assert answer["total"] == len(answer["figures"]) > 0, view
        assert HOSTILE not in str([figure["figure"] for figure in answer["figures"]])
    some = await client.get("versions", first.id, "figures", "splits", "0", "distributions", notebook=NAME, first=1,
                            limit=2)
    assert (len(some["figures"]), some["total"]) == (2, 5)
    flows = await client.get("versions", first.id, "figures", "splits-compared", notebook=NAME, to=second.id)
    assert "moved" in flows["figures"][0]["figure"]["layout"]["title"]["text"]
    for wrong in (("0", "nothing"), ("7", "balance")):
        answer = await client.get("versions", first.id, "figures", "splits", *wrong, notebook=NAME)
        assert answer.status == 404
