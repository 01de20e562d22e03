"""Where a line stands, told without a process, is where Git says that it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.history import direct, refs


def append(history, line="l1", branch="main", head=None):
    head = head or history.head(line)
    draft = Version("", "", line, branch, (head.version,) if head.version else (), "m", "A <a@b>", datetime.now(UTC),
                    None, "", Trigger.CLI, Document.NONE)
    return history.append(draft, Snapshot(), key="k", equality="e", head=head).id


def git_says(history, line):
    return refs.standings(history._git, line)[line]


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_on_its_first_branch(history, packed):
    for line in ("l1", "l1.x", "l2", "a"):
        append(history, line)
        append(history, line)
    if packed:
        history._git.run("pack-refs", "--all", "--prune")
    for line in ("l1", "l1.x", "l2", "a"):
        assert direct.standing_of(history.git_dir, line) == git_says(history, line)
    assert direct.standing_of(history.git_dir, "unknown") is None
    newest = append(history, "l2")  # its own file counts, though an older one was packed
    assert direct.standing_of(history.git_dir, "l2").head == Head("l2", "main", newest)


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_left_its_first_branch_is_git_s_to_tell(history, packed):
    first = append(history)
    append(history)
    history.set_head(Head("l1", None, first), expected=history.head("l1"))
    if packed:
        history._git.run("pack-refs", "--all", "--prune")
    assert direct.standing_of(history.git_dir, "l1") is None
    assert history.head("l1") == git_says(history, "l1").head == Head("l1", None, first)
    append(history, branch="branch-2")
    assert direct.standing_of(history.git_dir, "l1") is None
    assert history.head("l1") == git_says(history, "l1").head


@pytest.mark.parametrize("data", [b"", b"\xff", b"nothing of ours\n", direct._PACKED,
                                  direct._PACKED + b"x refs/lines/l1\n"])
def test_what_cannot_be_told_is_left_to_git(history, data):
    append(history)
    head = history.head("l1")
    (history.git_dir / "refs" / "lines" / "l1").unlink()
    (history.git_dir / "packed-refs").write_bytes(data)
    assert direct.standing_of(history.git_dir, "l1") is None
    (history.git_dir / "refs" / "lines" / "l1").write_bytes(b"\xff")
    assert direct.standing_of(history.git_dir, "l1") is None
    (history.git_dir / "refs" / "lines" / "l1").unlink()
    (history.git_dir / "refs" / "lines" / "l1").mkdir()
    assert direct.standing_of(history.git_dir, "l1") is None
    assert head.version is not None


def test_tags_of_others_and_another_format_of_refs(history):
    for line in ("a", "z"):
        append(history, line)
    git = history._git
    who = ("-c", "user.name=U", "-c", "user.email=u@x")
    git.run(*who, "tag", "-a", "-m", "t", "annotated", history.head("a").version)
    git.run("pack-refs", "--all", "--prune")
    for line in ("a", "z"):
        assert direct.standing_of(history.git_dir, line) in (None, git_says(history, line))
        assert history.head(line) == git_says(history, line).head
    (history.git_dir / "reftable").mkdir()
    assert direct.standing_of(history.git_dir, "a") is None
