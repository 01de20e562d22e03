"""Killed anywhere within append: afterwards the old head or the new one, nothing damaged, and work goes on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.history import History

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

CALLS = ("rename", "fsync", "unlink", "link", "mkdir")
MANY = 8  # so many calls alike, in one process, are each tried; of more (new folders, packs removed) only four
PARTS = ("init", "config", "fast-import", "update-ref", "repack", "pack-refs")

SCRIPT = """
import sys, runpy
from pathlib import Path
test = runpy.run_path(sys.argv[2])
test["work"](Path(sys.argv[1]), sys.argv[3])
"""

# Stands before the real git on the path: lets strace look at one subcommand, and takes the caller along when it dies.
WRAPPER = """#!/bin/sh
case " $* " in
  *" $PART "*) strace -f -o "$TRACE" -e trace={calls} $INJECT {git} "$@"; code=$?
     if [ $code -gt 128 ]; then echo "$PART" >> "$KILLED"; [ -n "$ALONE" ] || kill -9 $PPID; fi; exit $code;;
  *) exec {git} "$@";;
esac
"""


def add(history, branch="main", message="next", **changes):
    head = history.head("l1")
    version = Version("", "", "l1", branch, (head.version,) if head.version else (), message, "A <a@b>",
                      datetime.now(UTC), "a.ipynb", "c", changes.pop("trigger", Trigger.CLI), Document.LIVE)
    digest = f"blake3:{len(history.refs()):064x}"
    files = Snapshot((Artifact("x/y.csv", Role.DATA, Access.READ, digest, 1, 0o100644, 1),))
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
    elif kind == "rename":
        history.rename_branch("l1", "main", "renamed")
    elif kind == "remove":
        history.remove_branch("l1", "old")
    elif kind == "tag":
        history.tag("best", history.head("l1").version, move=True)
    else:
        add(history)


def prepare(folder: Path, kind: str) -> None:
    folder.mkdir(parents=True)
    history = History(folder / "history.git")
    if kind != "first":
        history.create()
        first = add(history, message="first")
        second = add(history, message="second")
        if kind == "branch":
            history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
        if kind in {"rename", "remove", "tag"}:
            history.tag("best", first.id)
            history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
            third = add(history, branch="old", message="third")  # only this branch leads to it
            history.set_head(Head("l1", "main", second.id), expected=Head("l1", "old", third.id))
            history._git.run("pack-refs", "--all", "--prune")


@pytest.fixture
def wrapper(tmp_path):
    """A folder for the path with the git that can be killed."""
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(WRAPPER.format(calls=",".join(CALLS), git=shutil.which("git")))
    program.chmod(0o755)
    return program.parent


def run(folder: Path, kind: str, wrapper: Path, prefix=(), **variables) -> int:
    environment = {**os.environ, "PATH": f"{wrapper}:{os.environ['PATH']}", "TRACE": "/dev/null", "PART": "none",
                   "INJECT": "", "ALONE": "", "KILLED": str(wrapper / "killed"), **variables}
    command = [*prefix, sys.executable, "-c", SCRIPT, str(folder), __file__, kind]
    return subprocess.run(command, check=False, capture_output=True, env=environment).returncode


def calls(trace: Path) -> list[tuple[str, int]]:
    """Each call, and its number in its process (strace counts injections per process)."""
    counts: dict[str, Counter[str]] = {}
    for pid, call in re.findall(r"^(\d* *)(\w+)\(", trace.read_text() if trace.exists() else "", re.MULTILINE):
        counts.setdefault(call, Counter())[pid] += 1
    most = {call: max(by.values()) for call, by in sorted(counts.items())}
    return [(call, number) for call, last in most.items() for number in range(1, last + 1)
            if last <= MANY or number in (1, 2, last // 2, last)]


def points(start: Path, place: Path, kind: str, wrapper: Path) -> list[tuple[str, str, int]]:
    """Where the work can be killed: part (a subcommand of git, or ``self``: the process around it), call, number."""
    found = []
    for part in ("self", *PARTS):
        folder, trace = place / part / ".mlversion", place / f"trace-{part}"
        shutil.copytree(start, folder)
        prefix = ("strace", "-o", str(trace), "-e", f"trace={','.join(CALLS)}") if part == "self" else ()
        assert run(folder, kind, wrapper, prefix, PART=part, TRACE=str(trace)) == 0
        found += [(part, call, number) for call, number in calls(trace)]
    return found


@pytest.mark.parametrize("kind", ["first", "next", "branch", "safety", "pack"])
def test_killed_at_every_step(tmp_path, kind, wrapper):
    start = tmp_path / "start" / ".mlversion"
    prepare(start, kind)
    found = points(start, tmp_path / "dry", kind, wrapper)
    assert {part for part, _, _ in found} >= {"self", "fast-import", "update-ref"}
    assert {call for _, call, _ in found} >= {"fsync", "rename", "unlink"}
    killed = 0
    for part, call, number in found:
        for alone in ("", "yes") if (part, kind) == ("update-ref", "next") else ("",):
            folder = tmp_path / "point" / ".mlversion"
            shutil.copytree(start, folder)
            history = History(folder / "history.git")
            old = history.head("l1"), history.refs(), history.branches("l1")
            inject = f"inject={call}:signal=KILL:when={number}"
            prefix = ("strace", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject) if part == "self" else ()
            killed += run(folder, kind, wrapper, prefix, PART=part, INJECT=f"-e {inject}", ALONE=alone) != 0
            check(history, old, f"{kind} killed in {part} at {call} {number}")
            shutil.rmtree(folder.parent)
    assert killed >= len(found) * 0.9


@pytest.mark.parametrize("kind", ["rename", "remove", "tag"])
def test_killed_while_names_change(tmp_path, kind, wrapper):
    start = tmp_path / "start" / ".mlversion"
    prepare(start, kind)
    before = History(start / "history.git")
    head, versions = before.head("l1"), set(before.reachable(before.refs().values()))
    found = points(start, tmp_path / "dry", kind, wrapper)
    assert {part for part, _, _ in found} >= {"self", "update-ref"}
    ends = Counter()
    for part, call, number in found:
        where = f"{kind} killed in {part} at {call} {number}"
        folder = tmp_path / "point" / ".mlversion"
        shutil.copytree(start, folder)
        inject = f"inject={call}:signal=KILL:when={number}"
        prefix = ("strace", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject) if part == "self" else ()
        run(folder, kind, wrapper, prefix, PART=part, INJECT=f"-e {inject}")
        history = History(folder / "history.git")
        assert history.verify() == [], where
        assert set(history.reachable(history.refs().values())) == versions, where
        stands, branches = history.head("l1"), history.branches("l1")
        assert stands.version == head.version, where
        assert branches[stands.branch] == head.version, where
        assert history.tags()["best"] in versions, where
        ends[stands.branch, tuple(branches), history.tags()["best"]] += 1
        history.recover()
        again = add(history, branch=stands.branch, message="after")
        assert history.head("l1").version == again.id, where
        assert list(history.git_dir.rglob("*.lock")) == [], where
        shutil.rmtree(folder.parent)
    assert len(ends) >= 2, ends  # it did happen, and it did not


def check(history, old, where):
    history = History(history.git_dir)
    head, refs, branches = old
    before = history.refs()
    assert set(before) >= set(refs), where
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
