"""What the files of refs say is what Git says, whatever happened to them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.history import Git, History, refs, upkeep


def append(history, line="l1", key="k", branch="main", trigger=Trigger.CLI):
    head = history.head(line)
    draft = Version("", "", line, branch, (head.version,) if head.version else (), key, "A <a@b>", datetime.now(UTC),
                    None, "", trigger, Document.NONE)
    return history.append(draft, Snapshot(), key=key, equality="e", head=head).id


def fresh_look(history):
    """What Git says itself."""
    rows = Git.of(history.git_dir).run("for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()
    return {ref: id_ for id_, ref in (row.split(" ", 1) for row in rows)}


@pytest.fixture
def busy(history):
    """A history with lines, branches, tags, safety versions and notes; some refs packed, some not, some both."""
    first = append(history)
    append(history, "straße-1", key="other line")
    history.tag("v1", first)
    history.say([first], starred=True)
    history._git.run("pack-refs", "--all", "--prune")
    second = append(history, key="k2")
    append(history, key="k3", trigger=Trigger.SAFETY)
    history.set_head(Head("l1", None, first), expected=history.head("l1"))
    append(history, key="k4", branch="branch-2")
    history.tag("v2", second)
    history._git.run("update-ref", "-d", "refs/tags/v1")
    return history


def test_all_refs_are_those_that_git_lists(busy):
    assert busy.every_ref() == fresh_look(busy)
    assert list(busy.every_ref()) == sorted(busy.every_ref())
    busy._git.run("pack-refs", "--all", "--prune")
    assert busy.every_ref() == fresh_look(busy)
    assert not (busy.git_dir / "refs" / "heads" / "l1").exists()
    assert busy.heads() == {line: one.head for line, one in refs.standings(busy._git).items()}


def test_a_look_at_what_was_seen_starts_no_process(busy, monkeypatch):
    busy.heads()
    monkeypatch.setattr(Git, "_start", lambda *_: pytest.fail("Git was started"))
    assert busy.heads()["l1"].branch == "branch-2"
    assert "refs/tags/v2" in busy.every_ref()


def test_what_others_did_is_seen(busy):
    other = History(busy.git_dir)
    other.heads()
    id_ = append(busy, "another", key="k9")
    assert other.heads()["another"].version == id_
    assert other.every_ref() == fresh_look(busy)


def test_odd_files_are_for_git_to_judge(busy):
    (busy.git_dir / "refs" / "tags" / "odd").write_text("ref: refs/tags/v2\n")
    assert busy.every_ref() == fresh_look(busy)
    (busy.git_dir / "refs" / "tags" / "odd").unlink()
    (busy.git_dir / "refs" / "tags" / "v2.lock").write_text("")
    assert busy.every_ref() == fresh_look(busy)
    (busy.git_dir / "refs" / "tags" / "half").write_text("0123")
    assert busy.every_ref() == fresh_look(busy)


def test_no_ref_is_missed_while_refs_are_packed(history):
    known, stop, missing = {append(history)}, threading.Event(), []

    def look():
        other = History(history.git_dir)
        while not stop.is_set():
            before = set(known)
            missing.extend(before - set(other.every_ref().values()))

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for number in range(upkeep.PACKS):
            known.add(append(history, key=f"k{number}", trigger=Trigger.SAFETY))
            if number % 5 == 0:
                history._git.run("pack-refs", "--all", "--prune")
    finally:
        stop.set()
        looker.join()
    assert missing == []
