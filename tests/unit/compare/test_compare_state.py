"""How files, values and environments differ."""

from __future__ import annotations

import math
from dataclasses import replace

from jupyter_mlversion.compare import artifacts, environment, values
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.store import digest_of_bytes

ONE, TWO = digest_of_bytes(b"1"), digest_of_bytes(b"2")


def artifact(path, digest=ONE, **more):
    return Artifact(path, Role.DATA, Access.READ, digest, 1, 0o100644, 0, **more)


def of(*found):
    return Snapshot(artifacts=tuple(found))


def test_files_added_removed_modified():
    a = of(artifact("gone"), artifact("new content"), artifact("same"))
    b = of(artifact("came", TWO), artifact("new content", TWO), artifact("same"))
    assert [(c.path, c.change, c.before, c.after) for c in artifacts.changes(a, b)] == [
        ("came", Change.ADDED, None, TWO), ("gone", Change.REMOVED, ONE, None), ("new content", Change.MODIFIED, ONE,
                                                                                 TWO)]
    assert artifacts.changes(a, a) == ()


def test_the_mode_counts_and_the_time_does_not():
    plain = artifact("x")
    assert artifacts.changes(of(plain), of(replace(plain, mtime_ns=9, access=Access.BOTH))) == ()
    assert [c.change for c in artifacts.changes(of(plain), of(replace(plain, mode=0o100755)))] == [Change.MODIFIED]


def test_unreadable_files_differ_by_size():
    closed = artifact("x", None, state=State.DIGEST_ONLY)
    assert artifacts.changes(of(closed), of(closed)) == ()
    assert len(artifacts.changes(of(closed), of(replace(closed, size=2)))) == 1
    assert len(artifacts.changes(of(closed), of(artifact("x")))) == 1


def test_values():
    a = {"same": 1, "nan": math.nan, "number": 1, "gone": "x", "none": None, "inf": math.inf}
    b = {"same": 1.0, "nan": math.nan, "number": True, "new": 2, "inf": -math.inf}
    assert values.changes(a, b) == {"gone": ("x", None), "inf": (math.inf, -math.inf), "new": (None, 2), "number": (1,
        True)}
    assert list(values.changes({}, {"b": 1, "a": 1})) == ["a", "b"]
    assert values.changes({"x": math.nan}, {"x": 1.0}).keys() == {"x"}


def test_environments():
    a = Environment("3.11.7", "CPython", "Linux", {"numpy": "1.0", "old": "1"}, {"cpu": "x", "gpus": "T4"},
                    {"torch": "1"})
    b = replace(a, python="3.12.0", packages={"numpy": "2.0", "new": "1"}, hardware={"cpu": "x"}, seeds={"torch": "2"})
    assert environment.changes(a, b) == {
        "hardware.gpus": ("T4", None), "new": (None, "1"), "numpy": ("1.0", "2.0"), "old": ("1", None),
        "python": ("3.11.7", "3.12.0"), "seed.torch": ("1", "2")}
    assert environment.changes(a, a) == {}
    assert environment.changes(Environment(), b)["python"] == (None, "3.12.0")
