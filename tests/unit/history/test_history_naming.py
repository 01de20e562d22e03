"""Tags and branches come, move and go; no version goes with them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.annotation import Annotation
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.errors import Conflict, Moved, UnknownVersion, UsageError
from jupyter_mlversion.history import History


def append(history, line="l1", branch="main", **changes):
    head = history.head(line)
    draft = Version("", "", line, branch, (head.version,) if head.version else (), "made so", "", datetime.now(UTC),
                    "a.ipynb", "c", Trigger.CELL, Document.LIVE)
    return history.append(replace(draft, **changes), Snapshot(), key="k", equality="e", head=head).id


def listed(history):
    return set(history.reachable(sorted(set(history.refs().values()))))


def git(history, *words, data=None):
    return subprocess.run(["git", "--git-dir", history.git_dir, *words], check=True, capture_output=True, text=True,
                          input=data).stdout


@pytest.fixture(params=["loose", "packed"])
def packing(request, history):
    """Refs as they are written, or all of them in one file."""
    return (lambda: git(history, "pack-refs", "--all", "--prune")) if request.param == "packed" else (lambda: None)


def test_a_tag_moves_only_when_it_may_and_goes(history, packing):
    first, second = append(history), append(history)
    history.tag("best", first)
    packing()
    with pytest.raises(Moved):
        history.tag("best", second)
    history.tag("best", second, move=True)
    assert history.tags() == {"best": second}
    packing()
    assert history.untag("best") == second
    assert history.tags() == {}
    assert History(history.git_dir).tags() == {}
    with pytest.raises(UnknownVersion):
        history.untag("best")
    assert listed(history) == {first, second}


def test_a_branch_begins_where_the_line_stands_or_elsewhere(history, packing):
    first, second = append(history), append(history)
    history.open_branch("aside", first)
    assert history.head("l1") == Head("l1", "main", second)
    with pytest.raises(Conflict):
        history.open_branch("aside", second)
    history.open_branch("on", second)
    packing()
    assert history.head("l1") == Head("l1", "on", second)
    third = append(history, branch="on")
    assert history.branches("l1") == {"aside": first, "main": second, "on": third}
    assert History(history.git_dir).head("l1") == Head("l1", "on", third)


def test_a_line_between_branches_goes_on_on_a_new_one(history):
    first, second = append(history), append(history)
    history.set_head(Head("l1", None, first), expected=Head("l1", "main", second))
    history.open_branch("again", first)
    assert history.head("l1") == Head("l1", "again", first)
    third = append(history, branch="again")
    assert history.branches("l1") == {"main": second, "again": third}


def test_a_branch_is_renamed_under_a_line(history, packing):
    tip = append(history)
    packing()
    history.rename_branch("l1", "main", "first")
    assert history.head("l1") == Head("l1", "first", tip)
    assert history.branches("l1") == {"first": tip}
    history.open_branch("other", tip)
    history.rename_branch("l1", "first", "main")
    assert history.head("l1") == Head("l1", "other", tip)
    with pytest.raises(Conflict):
        history.rename_branch("l1", "main", "other")
    with pytest.raises(UnknownVersion):
        history.rename_branch("l1", "gone", "new")
    with pytest.raises(UsageError):
        history.rename_branch("l1", "main", "a b")
    assert append(history, branch="other") in listed(history)


def test_what_only_a_branch_reached_stays(history, packing):
    first, second = append(history), append(history)
    history.set_head(Head("l1", None, first), expected=Head("l1", "main", second))
    third = append(history, branch="branch-2")
    packing()
    assert history.remove_branch("l1", "main") == second
    assert history.branches("l1") == {"branch-2": third}
    assert listed(history) == {first, second, third}
    assert history.refs()[f"refs/safety/l1/{second}"] == second
    assert history.resolve(second[:8], line="l1") == second
    with pytest.raises(Conflict, match="stands on the branch"):
        history.remove_branch("l1", "branch-2")
    with pytest.raises(UnknownVersion):
        history.remove_branch("l1", "main")
    history.open_branch("back", second)
    assert history.remove_branch("l1", "back") == second
    assert history.verify() == []


def test_a_branch_that_others_reach_leaves_nothing_behind(history):
    first, _ = append(history), append(history)
    history.open_branch("mark", first)
    before = {ref for ref in history.refs() if ref.startswith("refs/safety/")}
    history.remove_branch("l1", "mark")
    assert {ref for ref in history.refs() if ref.startswith("refs/safety/")} == before


def test_a_message_and_a_note_are_said_and_taken_back(history):
    version = append(history)
    history.say([version], message="called so", note="two\nlines")
    read = history.read(version)
    assert (read.message, read.original_message, read.note) == ("called so", "made so", "two\nlines")
    history.say([version], message="made so")
    assert history.read(version).original_message is None
    history.say([version], message=None, note="")
    assert (history.read(version).message, history.read(version).note) == ("made so", "")
    assert "made so" in git(history, "log", "-1", "--format=%B", version)


def test_what_a_later_program_says_is_carried_on(history):
    version = append(history)
    history.say([version], labels=("a",))
    path = f"{version[:2]}/{version[2:]}"
    line = json.dumps({"labels": ["a"], "time": 4e9, "colour": "green"})
    stream = (f"commit refs/notes/mlversion\ncommitter A <a> 1 +0000\ndata 1\nx\nfrom refs/notes/mlversion^0\n"
              f"M 644 inline {path}\ndata {len(line) + 1}\n{line}\n\n")
    git(history, "fast-import", "--quiet", data=stream)
    history.say([version], starred=True)
    last = git(history, "show", f"refs/notes/mlversion:{path}").splitlines()[-1]
    assert json.loads(last)["colour"] == "green"
    assert history.annotations() == {version: Annotation(("a",), starred=True)}


def test_two_say_something_at_once(history):
    version = append(history)
    other = History(history.git_dir)
    for number in range(5):
        said = str(number)
        (history, other)[number % 2].annotate([version], lambda before, said=said: replace(
            before, labels=(*before.labels, said)))
    assert history.read(version).labels == ("0", "1", "2", "3", "4")


def test_what_stands_for_the_workspace_is_no_new_name_and_old_ones_have_full_names(history):
    first = append(history)
    for make in (lambda: history.tag("workspace", first), lambda: history.open_branch("workspace", first),
                 lambda: history.rename_branch("l1", "main", "workspace")):
        with pytest.raises(UsageError, match="stands for the workspace"):
            make()
    git(history, "update-ref", "refs/tags/workspace", first)
    assert history.resolve("tags/workspace", line="l1") == first
    assert history.resolve("l1/main", line=None) == first
    assert history.untag("workspace") == first
