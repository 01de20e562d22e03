from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.plan import Obstacle, RestorePlan
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import InvalidNotebook, RestoreConflict, UnknownPath
from jupyter_mlversion.restore.environment import differences
from jupyter_mlversion.restore.notebook import content_for_front_end, restored_bytes
from jupyter_mlversion.restore.plan import refuse_conflicts
from jupyter_mlversion.restore.process import Process, this_process
from jupyter_mlversion.restore.selection import of_parts


def notebook():
    output = nbformat.v4.new_output("display_data", {"text/html": "<script>"}, metadata={"trusted": True, "kept": 1})
    cell = nbformat.v4.new_code_cell("1\n2", outputs=[output], metadata={"trusted": True, "tags": ["checkpoint"]})
    return nbformat.v4.new_notebook(
        cells=[cell, nbformat.v4.new_markdown_cell("é", metadata={"trusted": True})],
        metadata={"trusted": True, "signature": "s", "k": 1},
    )


def test_the_front_end_gets_a_valid_notebook_without_any_trust():
    content = content_for_front_end(nbformat.writes(notebook()).encode())
    nbformat.validate(content)
    assert "trusted" not in str(content)
    assert content["metadata"] == {"k": 1}
    assert content["cells"][0]["metadata"] == {"tags": ["checkpoint"]}
    assert content["cells"][0]["outputs"][0]["metadata"] == {"kept": 1}
    assert content["cells"][0]["source"] == "1\n2"
    assert type(content) is dict


def test_an_old_notebook_is_upgraded_for_the_front_end():
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])])
    content = content_for_front_end(nbformat.v3.writes_json(old).encode())
    assert content["nbformat"] == 4
    assert content["cells"][0]["source"] == "x = 1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}',
    ],
)
def test_what_is_no_notebook_is_refused(data):
    with pytest.raises(InvalidNotebook):
        content_for_front_end(data)


def test_the_bytes_of_a_closed_notebook_are_exactly_those(scene):
    data = b'{ "nbformat":4 , "odd":   "spacing" }\r\n'
    scene.fill({"n.ipynb": data})
    artifact = scene.capture().artifacts[0]
    assert restored_bytes(scene.store, artifact) == data
    with pytest.raises(UnknownPath, match="over the limit"):
        restored_bytes(scene.store, replace(artifact, state=State.DIGEST_ONLY, reason="over the limit"))


def test_only_what_matters_of_the_environment_differs():
    then = Environment(
        "3.11.7",
        "CPython",
        "Linux-6.1.0-13-amd64-x86_64-with-glibc2.36",
        {"a": "1", "b": "1"},
        {"cpu": "one"},
        {"random": "1"},
    )
    now = Environment(
        "3.11.7", "CPython", "Linux-6.18.44-x86_64-with-glibc2.36", {"a": "1", "b": "2"}, {"cpu": "two"}, {}
    )
    assert differences(then, now) == {"b": ("1", "2")}
    assert differences(then, replace(now, platform="macOS-15.1-arm64-arm-64bit"))["platform"] == (
        "Linux x86_64 glibc2.36",
        "macOS arm64",
    )


def test_of_an_unknown_environment_nothing_differs():
    assert differences(Environment(), Environment("3.11.7", packages={"a": "1"})) == {}
    assert differences(Environment("3.11.7", packages={"a": "1"}), Environment()) == {}


def test_whether_a_process_is_dead():
    me = this_process()
    assert not me.dead
    assert replace(me, started=me.started + 1).dead  # the id was given to another process
    assert not replace(me, host="another machine", pid=2**22 + 1).dead
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert Process(me.host, child.pid, 0).dead


def test_restore_does_not_load_the_heavy_things():
    code = "import sys, jupyter_mlversion.restore.journal, jupyter_mlversion.restore.notebook; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert not {"nbformat", "git", "numpy", "jupyter_mlversion.capture"} & set(done.stdout.split())


def artifact(path: str, role: Role) -> Artifact:
    return Artifact(path, role, Access.WRITTEN, None, 1, 0o644, 0)


def test_of_some_parts_both_snapshots_have_the_files_of_those_roles():
    head = Snapshot(artifacts=(artifact("a", Role.MODEL), artifact("b", Role.DATA)))
    target = Snapshot(artifacts=(artifact("a", Role.DATA), artifact("c", Role.MODEL)))
    found = of_parts(target, head, {Role.DATA})
    assert [[item.path for item in snapshot.artifacts] for snapshot in found] == [["a"], ["a", "b"]]
    assert of_parts(target, head, ()) == (target, head)


def test_what_is_in_the_way_is_named():
    plan = RestorePlan("0" * 40)
    refuse_conflicts(plan)
    with pytest.raises(RestoreConflict, match=r"000000000000: a/b: is a folder; c: is a pipe"):
        refuse_conflicts(replace(plan, conflicts=(Obstacle("a/b", "is a folder"), Obstacle("c", "is a pipe"))))
