from __future__ import annotations

import os
from dataclasses import replace

import pytest

from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.plan import Change, Obstacle, Write
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import FileFailure, OutsideWorkspace, UnknownPath


def reasons(obstacles):
    return {item.path: item.reason for item in obstacles}


def changed(snapshot, path, **fields):
    """The snapshot with one artifact's fields replaced."""
    return Snapshot(tuple(replace(item, **fields) if item.path == path else item for item in snapshot.artifacts))


def test_what_differs_is_written_and_what_the_version_lacks_is_removed(scene, versions):
    old, new = versions(
        {"same": b"1", "d/modified": b"old", "d/extra": b"x"}, {"same": b"1", "d/modified": b"new!", "added": b""}
    )
    plan = scene.plan(new, old)
    assert plan.writes == (Write("added", 0, Change.ADDED), Write("d/modified", 4, Change.MODIFIED))
    assert plan.removes == ("d/extra",)
    assert not plan.missing
    assert not plan.conflicts
    assert not plan.empty


def test_type_and_permission_bits_are_differences_but_time_is_not(scene, versions):
    old, new = versions(
        {"mode": (b"1", 0o644), "kind": b"target", "time": b"t"},
        {"mode": (b"1", 0o755), "kind": "-> target", "time": b"t"},
    )
    os.utime(scene.root / "time", ns=(1, 1))
    assert [write.path for write in scene.plan(new, old).writes] == ["kind", "mode"]


def test_files_that_the_head_does_not_know_are_not_removed(scene, versions):
    old, new = versions({"a": b"1"}, {"a": b"1"})
    (scene.root / "mine.txt").write_text("unknown to every version")
    assert scene.plan(new, old).empty
    assert scene.plan(new, None).empty


def test_keep_new_removes_nothing(scene, versions):
    old, new = versions({"a": b"1", "b": b"2"}, {"a": b"0"})
    assert scene.plan(new, old, keep_new=True).removes == ()


def test_paths_select_files_and_folders(scene, versions):
    old, new = versions({"d/a": b"1", "d/gone": b"g", "dd": b"1", "gone": b"g"}, {"d/a": b"2", "d/b": b"2", "dd": b"2"})
    plan = scene.plan(new, old, paths=["./d/"])
    assert [write.path for write in plan.writes] == ["d/a", "d/b"]
    assert plan.removes == ("d/gone",)
    plan = scene.plan(new, old, paths=["dd", "gone"])
    assert [write.path for write in plan.writes] == ["dd"]
    assert plan.removes == ("gone",)
    assert scene.plan(new, old, paths=["."]) == scene.plan(new, old)


def test_an_unknown_path_offers_the_nearest(scene, versions):
    old, new = versions({}, {"data/train.csv": b"1"})
    with pytest.raises(UnknownPath, match=r"data/train\.csv"):
        scene.plan(new, old, paths=["data/trian.csv"])
    with pytest.raises(UnknownPath):
        scene.plan(new, old, paths=["dat"])


@pytest.mark.parametrize("path", ["/etc/passwd", "../other", "d/../../x"])
def test_a_path_out_of_the_workspace_is_refused(scene, versions, path):
    old, new = versions({}, {"a": b"1"})
    with pytest.raises(OutsideWorkspace):
        scene.plan(new, old, paths=[path])


def test_bytes_that_cannot_be_had_are_missing_unless_they_are_there(scene, versions):
    old, new = versions(
        {"big": b"1", "torn": b"1", "lost": b"1", "equal": b"e"},
        {"big": b"2", "torn": b"2", "lost": b"2", "equal": b"e"},
    )
    new = changed(new, "big", state=State.DIGEST_ONLY, reason="over the size limit")
    new = changed(new, "equal", state=State.DIGEST_ONLY, reason="over the size limit")
    new = changed(new, "torn", state=State.UNSTABLE, digest=None)
    lost = new.artifact("lost").digest
    plan = scene.plan(new, old, available=lambda digest: digest != lost)
    assert reasons(plan.missing) == {
        "big": "over the size limit",
        "torn": "only its digest was recorded (unstable)",
        "lost": "its bytes are no longer in the store",
    }
    assert plan.writes == plan.removes == plan.conflicts == ()


def test_a_file_outside_of_the_workspace_is_missing_and_never_written(scene, versions, tmp_path):
    (tmp_path / "outside").write_text("there")
    _, new = versions({}, {"a": b"1"})
    outside = replace(
        new.artifacts[0], path=str(tmp_path / "outside"), state=State.DIGEST_ONLY, reason="outside the workspace"
    )
    plan = scene.plan(Snapshot((outside,)), Snapshot((outside,)))
    assert plan.missing == (Obstacle(outside.path, "outside the workspace"),)
    assert plan.empty


@pytest.mark.parametrize(
    "path", ["/tmp/x", "../x", "a/../../x", ".git/hooks/post-commit", "sub/.GIT/config", ".mlversion/x", "a//b", ""]
)
def test_a_stored_artifact_with_a_bad_path_is_a_conflict(scene, versions, path):
    old, new = versions({}, {"a": b"1"})
    plan = scene.plan(Snapshot((replace(new.artifacts[0], path=path),)), old)
    assert list(reasons(plan.conflicts)) == [path]
    assert plan.empty


def test_a_bad_path_of_the_head_is_not_removed(scene, versions, tmp_path):
    (tmp_path / "outside").write_text("there")
    old, new = versions({"a": b"1"}, {"a": b"1"})
    old = Snapshot(
        (replace(old.artifacts[0], path="../outside"), replace(old.artifacts[0], path=str(tmp_path / "outside")))
    )
    assert scene.plan(new, old).empty


def test_folders_and_links_in_the_way_are_conflicts(scene, versions, tmp_path):
    old, new = versions({}, {"f": b"1", "d/x": b"1", "l/x": b"1", "e": b"1"})
    (tmp_path / "elsewhere").mkdir()
    (scene.root / "f").mkdir()
    (scene.root / "f" / "unknown").write_text("mine")
    (scene.root / "d").write_text("a file that no version has")
    (scene.root / "l").symlink_to(tmp_path / "elsewhere")
    (scene.root / "e").mkdir()
    found = reasons(scene.plan(new, old).conflicts)
    assert found.keys() == {"f", "d/x", "l/x", "e"}
    assert "symbolic link" in found["l/x"]
    assert "is a file now" in found["d/x"]


def test_a_link_to_a_folder_inside_the_workspace_is_not_followed_either(scene, versions):
    old, new = versions({"real/x": b"1"}, {"l/x": b"2", "real/x": b"1"})
    (scene.root / "l").symlink_to("real")
    assert reasons(scene.plan(new, old).conflicts).keys() == {"l/x"}


def test_what_the_same_restore_removes_is_not_in_the_way(scene, versions):
    old, new = versions({"f/x": b"1", "d": b"file", "l": "-> f"}, {"f": b"1", "d/x": b"1", "l/x": b"1"})
    plan = scene.plan(new, old)
    assert not plan.conflicts
    assert plan.removes == ("d", "f/x", "l")
    assert reasons(scene.plan(new, old, keep_new=True).conflicts).keys() == {"d/x", "f", "l/x"}


def test_two_artifacts_that_exclude_each_other_are_a_conflict(scene, versions):
    old, new = versions({}, {"a": b"1", "b": b"2"})
    new = Snapshot((new.artifacts[0], replace(new.artifacts[1], path="a/b")))
    assert reasons(scene.plan(new, old).conflicts).keys() == {"a/b"}


def test_present_bytes_that_cannot_be_kept_are_conflicts(scene, versions):
    old, new = versions({"a": b"1", "gone": b"2"}, {"a": b"0", "b": b"3"})
    plan = scene.plan(new, old, keepable=lambda _path: "the quota is reached")
    assert reasons(plan.conflicts) == {"a": "the quota is reached", "gone": "the quota is reached"}
    assert [write.path for write in plan.writes] == ["b"]


def test_what_cannot_be_read_is_a_conflict(scene, versions):
    old, new = versions({"gone": b"1"}, {"a": b"1"})
    (scene.root / "a").write_text("x")

    def digest_of(path):
        message = f"{path} cannot be read"
        raise FileFailure(message)

    plan = scene.plan(new, old, digest_of=digest_of)
    assert reasons(plan.conflicts) == {"a": "a cannot be read", "gone": "gone cannot be read"}


def test_the_open_document_counts_as_present_and_is_unsaved_when_it_differs_from_disk(scene, versions):
    old, new = versions({"n.ipynb": b"saved"}, {"n.ipynb": b"then"})
    plan = scene.plan(new, old, notebook="n.ipynb", document=b"edited")
    assert plan.unsaved
    assert plan.writes == (Write("n.ipynb", 4, Change.MODIFIED),)
    assert not scene.plan(new, old, notebook="n.ipynb", document=b"saved").unsaved
    assert not scene.plan(new, old, notebook="n.ipynb", document=None).unsaved
    assert scene.plan(new, old, notebook="n.ipynb", document=b"then").empty
    assert not scene.plan(old, old, notebook="n.ipynb", document=b"edited").empty


def test_shared_names_only_what_is_touched(scene, versions):
    old, new = versions({"a": b"1", "b": b"1"}, {"a": b"2", "b": b"1"})
    assert scene.plan(new, old, shared={"a": ("other.ipynb",), "b": ("other.ipynb",)}).shared == {"a": ("other.ipynb",)}


def test_the_environment_is_compared(scene, versions):
    old, new = versions({}, {})
    new = replace(new, environment=Environment(python="3.11.1", packages={"torch": "2.0"}))
    plan = scene.plan(new, old, environment=Environment(python="3.12.0", packages={"numpy": "2.0"}))
    assert plan.environment == {"python": ("3.11.1", "3.12.0"), "numpy": ("", "2.0"), "torch": ("2.0", "")}
