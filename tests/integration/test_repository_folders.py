"""A checkpoint looks into the folders that changed; what it makes is the version of all of them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.compare.equality import equality_of_old
from jupyter_mlversion.domain.artifact import Access, Role
from jupyter_mlversion.domain.version import Checkpoint, Document, Trigger, Version
from jupyter_mlversion.errors import OutsideWorkspace
from jupyter_mlversion.history import Git
from jupyter_mlversion.index import stats
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.repository.gather import Gatherer

LONG_AGO = 1_600_000_000_000_000_000


@pytest.fixture(autouse=True)
def certain(monkeypatch):
    """What was written just now counts as certain: the tests below change it in ways that are seen."""
    monkeypatch.setattr(stats, "is_racy", lambda *_: False)


@pytest.fixture
def root(tmp_path):
    for folder in ("", "a", "b", "b/c"):
        (tmp_path / "w" / folder).mkdir(exist_ok=True)
        for name in ("x.csv", "y.csv"):
            path = tmp_path / "w" / folder / name
            path.write_text(f"{folder} {name}\n")
            os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return tmp_path / "w"


@pytest.fixture
def repository(root):
    repository = Repository.open(root, create=True)
    assert repository.checkpoint().version is not None
    return repository


@pytest.fixture
def captured(monkeypatch):
    """The paths that are captured."""
    seen: list[str] = []
    capture = Gatherer._capture

    def counted(self, wanted, *args, **keywords):
        seen.extend(wanted)
        return capture(self, wanted, *args, **keywords)

    monkeypatch.setattr(Gatherer, "_capture", counted)
    return seen


def head_of(repository):
    version = repository.log()[0]
    return version, {item.path: item for item in repository.show(version.id).snapshot.artifacts}


def test_nothing_changed_costs_a_look(root, repository, captured, monkeypatch):
    monkeypatch.setattr(Git, "_start", lambda *_: pytest.fail("a process was started"))
    outcome = Repository.open(root).checkpoint()
    assert (outcome.unchanged, outcome.version, captured) == (True, None, [])


def test_only_what_changed_is_captured_and_written(root, repository, captured):
    (root / "b" / "x.csv").write_text("changed\n")
    (root / "a" / "new.csv").write_text("new\n")
    version = repository.checkpoint().version
    assert sorted(captured) == ["a/new.csv", "b/x.csv"]
    assert (version.counts.artifacts, version.counts.added, version.counts.modified) == (9, 1, 1)
    _, made = head_of(repository)
    assert len(made) == 9
    assert repository.verify(read_data=True) == []
    assert {path for path, _ in repository.history.changes([version.id])[version.id]} == {"a/new.csv", "b/x.csv"}


def test_what_goes_leaves_no_trace(root, repository):
    for path in (root / "b" / "c").iterdir():
        path.unlink()
    (root / "b" / "c").rmdir()
    (root / "a" / "x.csv").unlink()
    version = repository.checkpoint().version
    assert (version.counts.artifacts, version.counts.removed) == (5, 3)
    assert sorted(head_of(repository)[1]) == ["a/y.csv", "b/x.csv", "b/y.csv", "x.csv", "y.csv"]
    assert repository.checkpoint().unchanged


def test_a_new_time_alone_makes_no_version_and_is_in_the_next(root, repository):
    os.utime(root / "a" / "x.csv", ns=(LONG_AGO, LONG_AGO + 10**9))
    assert repository.checkpoint().unchanged
    assert repository.checkpoint().unchanged
    (root / "b" / "x.csv").write_text("changed\n")
    assert repository.checkpoint().version.counts.modified == 1
    assert head_of(repository)[1]["a/x.csv"].mtime_ns == LONG_AGO + 10**9


def test_lost_bytes_are_stored_again_though_nothing_changed(root, repository):
    for pack in (root / ".mlversion" / "store").rglob("*.pack"):
        pack.unlink()
    again = Repository.open(root)
    outcome = again.checkpoint()
    assert outcome.unchanged
    assert outcome.bytes_new > 0
    assert again.verify(read_data=True) == []


def test_another_rule_is_another_look(root, repository):
    (root / "mlversion.toml").write_text('ignore = ["b/"]\n')
    version = Repository.open(root).checkpoint().version
    assert (version.counts.removed, version.counts.added) == (4, 1)


def test_a_version_of_before_folders_counted_is_not_repeated(root, repository):
    version, made = head_of(repository)
    snapshot = repository.show(version.id).snapshot
    old = equality_of_old(snapshot, None, None, repository.store.read)
    draft = replace(version, parents=(version.id,), message="made by an older version")
    made_by_old = repository.history.append(
        draft, snapshot, key="k", equality=old, head=repository.history.head("workspace"))
    assert repository.checkpoint().unchanged
    assert repository.log()[0].id == made_by_old.id
    (root / "x.csv").write_text("changed\n")
    assert repository.checkpoint().version is not None
    assert len(made) == 8


def test_a_link_that_was_read_leads_into_a_folder_that_was_passed_over(root, repository):
    (root / "a" / "link.csv").symlink_to("../b/c/x.csv")
    seen = Seen(files={"a/link.csv": Access.READ})
    repository.stage(Checkpoint("k1", Trigger.API, datetime.now(UTC)), seen)
    repository.join("k1")
    for name in ("one", "two"):
        (root / "a" / name).write_text(name)
        assert repository.checkpoint().version.counts.added == 1
    _, made = head_of(repository)
    assert made["a/link.csv"].access == made["b/c/x.csv"].access == Access.READ
    assert made["b/c/y.csv"].access == Access.TRACKED
    assert len(made) == 11


def test_after_a_restore_all_is_looked_into_once(root, repository, captured):
    first = repository.log()[0].id
    (root / "x.csv").write_text("changed\n")
    repository.checkpoint()
    repository.restore(first)
    captured.clear()
    assert repository.checkpoint().unchanged
    assert len(captured) == 8
    captured.clear()
    assert repository.checkpoint().unchanged
    assert captured == []


def test_roles_stay_with_their_files(root, repository):
    (root / "a" / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    repository.checkpoint()
    (root / "a" / "new.csv").write_text("1\n")
    repository.checkpoint()
    assert head_of(repository)[1]["a/model.safetensors"].role == Role.MODEL


def test_a_folder_that_leads_out_is_refused(repository):
    head = repository.history.head("workspace")
    draft = Version("", "", "workspace", "main", (head.version,), "m", "A <a@b>", datetime.now(UTC), None, "",
                    Trigger.CLI, Document.NONE)
    snapshot = repository.show(head.version).snapshot
    for folder in ("..", "a/../..", "a//b"):
        with pytest.raises(OutsideWorkspace):
            repository.history.append(draft, snapshot, key="k", equality="e", head=head, changed={folder: ()})
    with pytest.raises(OutsideWorkspace):
        repository.history.append(draft, snapshot, key="k", equality="e", head=head,
                                  changed={"a": (replace(snapshot.artifacts[0], path="a/.."),)})
