"""Killed anywhere within append: afterwards the old head or the new one, nothing damaged, and work goes on."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.history import History

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

CALLS = ("rename", "fsync", "unlink", "link", "mkdir")

SCRIPT = """
import sys, runpy
from pathlib import Path
test = runpy.run_path(sys.argv[2])
test["work"](Path(sys.argv[1]), sys.argv[3])
"""


def add(history, branch="main", message="next", **changes):
    head = history.head("l1")
    version = Version("", "", "l1", branch, (head.version,) if head.version else (), message, "A <a@b>",
                      datetime.now(UTC), "a.ipynb", "c", changes.pop("trigger", Trigger.CLI), Document.LIVE)
    files = Snapshot((Artifact("x/y.csv", Role.DATA, Access.READ, f"blake3:{len(history.refs()):064x}", 1, 0o100644, 1),))
    return history.append(version, files, key=message, equality="e", head=head)


def work(folder, kind):
    """What is killed, in a process of its own."""
    history = History(folder / "history.git")
    if kind == "first":
        history.create()
        add(history)
    elif kind == "branch":
        add(history, branch="other")
    elif kind == "safety":
        add(history, trigger=Trigger.SAFETY)
    elif kind == "pack":
        from jupyter_mlversion.history import upkeep
        upkeep.PACKS = 1
        add(history)
    else:
        add(history)


def prepare(folder: Path, kind: str) -> History:
    folder.mkdir(parents=True)
    history = History(folder / "history.git")
    if kind != "first":
        history.create()
        first = add(history, message="first")
        second = add(history, message="second")
        if kind == "branch":
            history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
    return history


def command(folder: Path, kind: str) -> list[str]:
    return [sys.executable, "-c", SCRIPT, str(folder), __file__, kind]


def points(folder: Path, kind: str) -> list[tuple[str, int]]:
    """Each call that the work makes, and in how many processes-of-one-strace it comes: ``(call, number)``."""
    prepare(folder, kind)
    trace = folder.parent / "trace"
    subprocess.run(["strace", "-f", "-o", trace, "-e", f"trace={','.join(CALLS)}", *command(folder, kind)], check=True,
                   capture_output=True)
    counts: dict[str, dict[str, int]] = {}
    for pid, call in re.findall(r"^(\d+) +(\w+)\(", trace.read_text(), re.MULTILINE):
        counts.setdefault(call, {}).setdefault(pid, 0)
        counts[call][pid] += 1
    # strace counts an injection per process: the n-th call of whichever process comes to it first.
    return [(call, number) for call, by in sorted(counts.items()) for number in range(1, max(by.values()) + 1)]


@pytest.mark.parametrize("kind", ["first", "next", "branch", "safety", "pack"])
def test_killed_at_every_step(tmp_path, kind):
    found = points(tmp_path / "dry" / ".mlversion", kind)
    assert {call for call, _ in found} >= {"fsync", "rename"}
    killed = 0
    for call, number in found:
        folder = tmp_path / f"{call}-{number}" / ".mlversion"
        history = prepare(folder, kind)
        old = history.head("l1"), history.refs(), history.branches("l1")
        kill = f"inject={call}:signal=KILL:when={number}"
        result = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={','.join(CALLS)}", "-e", kill,
                                 *command(folder, kind)], check=False, capture_output=True)
        killed += result.returncode != 0
        check(history, old, kind, f"{kind} killed at {call} {number}")
        shutil.rmtree(folder.parent)
    assert killed > 1 or kind == "pack"


def check(history, old, kind, where):
    history = History(history.git_dir)
    head, refs, branches = old
    before = history.refs()
    assert set(before.items()) >= set(refs.items()) or history.head("l1").version not in (None, head.version), where
    if history.exists():
        assert history.verify() == [], where
    if history.head("l1") != head:
        new = history.read(history.head("l1").version)
        assert new.parents == ((head.version,) if head.version else ()), where
        assert history.key_of(new.id) == "next", where
        assert history.snapshot(new.id).artifacts, where
    assert set(branches) <= set(history.branches("l1")), where
    # Without recover: the next command must get on by itself.
    if history.exists():
        again = add(history, branch=history.head("l1").branch or "other", message="after")
        assert history.head("l1").version == again.id, where
    history.recover()
    left = [path for path in history.git_dir.parent.rglob("*")
            if re.search(r"tmp_|\.tmp-|\.lock$|\.keep$|crash|\.new-", path.name) and path.parent.name != "locks"]
    assert left == [], where
    if history.exists():
        assert history.verify() == [], where
    else:
        history.create()
        add(history)
