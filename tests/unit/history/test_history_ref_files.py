"""Refs that are read without a process are those that Git tells; one process reads all objects while it is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.errors import CorruptHistory, UnknownVersion
from jupyter_mlversion.history import git as starting
from jupyter_mlversion.history import keeping, refs
from jupyter_mlversion.history.reader import reading
from jupyter_mlversion.history.ref_files import ref_files


def append(history, line="l1", branch="main"):
    head = history.head(line)
    draft = Version("", "", line, branch, (head.version,) if head.version else (), "m", "A <a@b>", datetime.now(UTC),
                    None, "", Trigger.CLI, Document.NONE)
    return history.append(draft, Snapshot(), key="k", equality="e", head=head).id


def git_says(history, *patterns):
    lines = history._git.run("for-each-ref", "--format=%(objectname) %(refname)", *patterns).decode().splitlines()
    return {ref: id_ for id_, ref in (line.split(" ", 1) for line in lines)}


@pytest.fixture
def started(monkeypatch):
    found = []
    start = starting.Git.start

    def watched(self, *args):
        found.append(args[0])
        return start(self, *args)

    monkeypatch.setattr(starting.Git, "start", watched)
    return found


@pytest.mark.parametrize("packed", [False, True])
def test_refs_are_those_that_git_tells(history, packed):
    ids = [append(history, line) for line in ("l1", "l1", "a", "straße")]
    history.tag("v1", ids[0])
    append(history, "l1", "other")
    history.say([ids[1]], starred=True)
    if packed:
        history._git.run("pack-refs", "--all", "--prune")
        append(history, "a")  # its own file counts
        history.tag("v2", ids[1])
    (history.git_dir / "refs" / "tags" / "v3.lock").write_text("")
    assert ref_files(history.git_dir) == git_says(history)
    assert list(ref_files(history.git_dir)) == list(git_says(history))
    for pattern in ("refs/heads/l1", "refs/tags/", "refs/tags/v1", "refs/ta"):
        assert refs.every(history._git, pattern) == git_says(history, pattern)


def test_no_process_is_started_for_refs(history, started):
    append(history)
    started.clear()
    assert history.heads()["l1"].branch == "main"
    assert len(history.refs()) == 1
    assert started == []
    append(history, "l1", "other")
    started.clear()
    assert history.heads()["l1"].branch == "other"
    assert started == ["cat-file"]  # what the line's blob says


def test_what_is_no_id_is_left_for_git_to_tell(history):
    id_ = append(history)
    (history.git_dir / "refs" / "tags").mkdir(exist_ok=True)
    (history.git_dir / "refs" / "tags" / "odd").write_text("ref: refs/heads/l1/main\n")
    assert ref_files(history.git_dir) is None
    assert refs.every(history._git)["refs/tags/odd"] == id_
    (history.git_dir / "refs" / "tags" / "odd").unlink()
    assert ref_files(history.git_dir) is not None
    (history.git_dir / "reftable").mkdir()
    assert ref_files(history.git_dir) is None


def test_a_line_s_ref_to_what_is_no_blob_of_ours_is_told(history):
    id_ = append(history)
    (history.git_dir / "refs" / "lines" / "l1").write_text(f"{id_}\n")
    with pytest.raises(CorruptHistory, match="refs/lines/l1"):
        refs.standings(history._git)


def test_one_process_is_kept_for_all_reading(history, started):
    first = append(history)
    started.clear()
    with keeping():
        assert history.read(first).id == first
        with keeping():
            assert history.read(first).id == first
        second = append(history)  # the process sees what was written after it was started
        assert history.read(second).parents == (first,)
        entries = history.entries([first, second])
        assert next(entries).version.id == first
        assert history.read(second).id == second  # in between
        assert next(entries).version.id == second
        assert started.count("cat-file") == 1
        with pytest.raises(UnknownVersion):
            history.read("0" * 40)
        assert history.read(first).id == first
    started.clear()
    assert history.read(first).id == first
    assert started == ["cat-file"]


def test_a_reader_that_failed_is_not_kept(history):
    id_ = append(history)

    def interrupted():
        with reading(history._git) as reader:
            reader.requests.write(f"{id_}\n".encode())
            raise KeyboardInterrupt

    with keeping():
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert history.read(id_).id == id_


def test_all_versions_are_verified_by_one_process(history, started):
    for _ in range(5):
        append(history)
    started.clear()
    assert history.verify() == []
    assert started == ["fsck", "rev-list", "cat-file"]
