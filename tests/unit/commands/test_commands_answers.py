"""The JSON answers have exactly the shape of the public contract."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands import answers
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.domain.difference import ArtifactChange, Difference, SplitChange
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.plan import CellChange, Change, Obstacle, RestorePlan, Write
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.domain.version import Counts, Document, Trigger, Version
from jupyter_mlversion.repository import Detail, FileChange, Finding, LineStatus, Outcome, Restored, Status

DIGEST = Digest("blake3:" + "0f" * 32)
VERSION = Version(
    id="a" * 40,
    short="aaaaaaaa",
    line="digits-1",
    branch="main",
    parents=("b" * 40,),
    message="first",
    author="Ada",
    time=datetime(2026, 11, 22, 6, 0, 1, tzinfo=UTC),
    notebook="digits.ipynb",
    cell_id="c1",
    trigger=Trigger.CELL,
    document=Document.LIVE,
    metrics={"loss": math.nan, "accuracy": 0.5},
    params={"depth": 3, "kind": None},
    counts=Counts(2, 1, 1, 0),
    bytes_new=10,
    seconds=0.25,
    labels=("best",),
    tags=("v1",),
)


def through_json(answer):
    return json.loads(canonical.dump_text(answer))


def test_a_version():
    assert through_json(answers.version_answer(VERSION)) == {
        "id": "a" * 40,
        "short": "aaaaaaaa",
        "line": "digits-1",
        "branch": "main",
        "parents": ["b" * 40],
        "message": "first",
        "author": "Ada",
        "time": "2026-11-22T06:00:01Z",
        "notebook": "digits.ipynb",
        "cell_id": "c1",
        "trigger": "cell",
        "document": "live",
        "metrics": {"loss": "NaN", "accuracy": 0.5},
        "params": {"depth": 3, "kind": None},
        "counts": {"artifacts": 2, "added": 1, "modified": 1, "removed": 0},
        "bytes_new": 10,
        "seconds": 0.25,
        "frozen": [],
        "trained": None,
        "leaks": [],
        "labels": ["best"],
        "tags": ["v1"],
        "starred": False,
        "hidden": False,
        "glances": [],
        "note": "",
        "original_message": None,
    }


def test_a_version_whole():
    artifact = Artifact("m.pt", Role.MODEL, Access.WRITTEN, DIGEST, 7, 0o100755, 1, State.DIGEST_ONLY, "too large")
    run = Run("", "c1", 5.0, {"depth": 3}, {"loss": Metric(math.inf, 0.0, math.inf, 2, 1)}, DIGEST)
    split = Split("digits", "stratified", 1, {}, DIGEST, "c1", (Part("train", 2, {"0": 1, "1": 1}, DIGEST),))
    answer = through_json(answers.detail_answer(Detail(VERSION, Snapshot((artifact,), (run,), (split,)))))
    assert {key: answer.pop(key) for key in answers.version_answer(VERSION)} == through_json(
        answers.version_answer(VERSION)
    )
    assert set(answer) == {"artifacts", "runs", "splits", "environment", "code", "missing"}
    assert answer["artifacts"] == [
        {
            "path": "m.pt",
            "role": "model",
            "access": "written",
            "digest": DIGEST,
            "size": 7,
            "mode": "100755",
            "state": "digest-only",
            "reason": "too large",
        }
    ]
    assert answer["runs"][0]["metrics"]["loss"]["last"] == "Infinity"
    (split,) = answer["splits"]
    assert split["parts"] == [{"name": "train", "size": 2, "classes": {"0": 1, "1": 1}, "rows": DIGEST}]
    assert (split["seeded"], split["fold_count"], split["layout"], split["frozen"]) == (True, 0, None, [])


@pytest.mark.parametrize(("mode", "text"), [(0o100644, "100644"), (0o120777, "120777"), (0o644, "000644")])
def test_a_mode_is_written_as_git_writes_it(mode, text):
    assert answers.artifact_answer(Artifact("a", Role.DATA, Access.READ, DIGEST, 0, mode, 0))["mode"] == text


def test_a_difference():
    difference = Difference(
        (ArtifactChange("a.csv", Role.DATA, Change.ADDED, None, DIGEST),),
        {"loss": (1.0, math.nan)},
        {"n": (1, None)},
        {"numpy": ("1", "2")},
        (CellChange("c1", Change.MODIFIED),),
        (SplitChange("s", Change.MODIFIED, (10, 11), 8, 2, 1, 0, {"train": {"test": 2}}, {"seed": (0, 1)}),),
    )
    assert through_json(answers.difference_answer(difference)) == {
        "artifacts": [{"path": "a.csv", "role": "data", "change": "added", "from": None, "to": DIGEST}],
        "metrics": {"loss": [1.0, "NaN"]},
        "params": {"n": [1, None]},
        "environment": {"numpy": ["1", "2"]},
        "cells": [{"id": "c1", "change": "modified"}],
        "splits": [{
            "name": "s", "change": "modified", "rows": [10, 11], "kept": 8, "moved": 2, "added": 1, "gone": 0,
            "flows": {"train": {"test": 2}}, "settings": {"seed": [0, 1]}, "by_content": True,
        }],
    }


PLAN = RestorePlan(
    "a" * 40,
    (Write("a.csv", 3, Change.MODIFIED),),
    ("b.pt",),
    (Obstacle("c.bin", "too large"),),
    (Obstacle("d", "a folder is there"),),
    {"numpy": ("1", "2")},
    (CellChange("c1", Change.ADDED),),
    {"a.csv": ("o.ipynb",)},
    True,
    {"a.csv": Role.DATA, "b.pt": Role.MODEL},
    {"a.csv": 2, "b.pt": 9},
)


def test_a_plan_and_what_a_restore_did():
    plan = {
        "version": "a" * 40,
        "writes": [{"path": "a.csv", "size": 3, "change": "modified"}],
        "removes": ["b.pt"],
        "missing": [{"path": "c.bin", "reason": "too large"}],
        "conflicts": [{"path": "d", "reason": "a folder is there"}],
        "environment": {"numpy": ["1", "2"]},
        "cells": [{"id": "c1", "change": "added"}],
        "shared": {"a.csv": ["o.ipynb"]},
        "unsaved": True,
        "roles": {"a.csv": "data", "b.pt": "model"},
        "present": {"a.csv": 2, "b.pt": 9},
    }
    assert through_json(answers.plan_answer(PLAN)) == plan
    restored = Restored("r", PLAN, True, "e" * 40, ("a.csv",), ("b.pt",), (Obstacle("a.csv", "kept as a.csv~"),))
    assert through_json(answers.restored_answer(restored)) == {
        "plan": plan,
        "restored": True,
        "safety_version": "e" * 40,
        "kept": [{"path": "a.csv", "reason": "kept as a.csv~"}],
    }


def test_a_status(tmp_path):
    status = Status(
        tmp_path,
        (LineStatus("digits-1", "digits.ipynb", "a" * 40, None),),
        (FileChange("a.csv", Role.DATA, Change.REMOVED),),
        12,
        1,
    )
    assert through_json(answers.status_answer(status)) == {
        "workspace": str(tmp_path),
        "lines": [{"line": "digits-1", "notebook": "digits.ipynb", "head": "a" * 40, "branch": None}],
        "changed": [{"path": "a.csv", "role": "data", "change": "removed"}],
        "store_bytes": 12,
        "staged": 1,
    }


def test_an_outcome():
    made = answers.outcome_answer(Outcome(VERSION, False, 0.5, 10, "a note"))
    assert made == {
        "version": answers.version_answer(VERSION),
        "unchanged": False,
        "seconds": 0.5,
        "bytes_new": 10,
        "note": "a note",
    }
    assert answers.outcome_answer(Outcome(None, True, 0.5, 0))["version"] is None


def test_damage():
    damage = Damage("chunk", DIGEST, ("a" * 40,), ("a.csv",), "too short")
    assert through_json(answers.damage_answer([damage])) == {
        "ok": False,
        "damage": [
            {"kind": "chunk", "digest": DIGEST, "versions": ["a" * 40], "paths": ["a.csv"], "detail": "too short"},
        ],
    }
    assert answers.damage_answer([]) == {"ok": True, "damage": []}


def test_findings():
    assert answers.findings_answer([Finding("no git", "install it", ok=False)]) == [
        {"what": "no git", "advice": "install it", "ok": False}
    ]


def test_a_version_is_answered_in_plain_values_whatever_its_texts_and_numbers_are():
    odd = [replace(VERSION, message="half \ud800"), replace(VERSION, params={"p": 2**70, "t": "NaN"}),
           replace(VERSION, metrics={"a": math.nan, "b": math.inf}), replace(VERSION, params={"f": 1e-7, "q": True})]
    for version in (VERSION, *odd):
        assert repr(answers.version_answer(version)) == repr(to_plain(version))
