from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from restore_scene import AFTER, BEFORE, Scene, look

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import (
    Cancelled,
    Conflict,
    DiskFull,
    FileFailure,
    MlversionError,
    OutsideWorkspace,
    UnknownPath,
)
from jupyter_mlversion.restore import swap
from jupyter_mlversion.restore.process import Process

OLD = {
    "a": b"old",
    "d/run": (b"#!", 0o755),
    "gone/deep/x": b"x",
    "link": "-> a",
    "swap": b"file",
    "n.ipynb": b"notebook then",
}
NEW = {
    "a": b"new!",
    "d/run": (b"#!", 0o644),
    "made/y": b"",
    "link": "-> nowhere",
    "swap/in": b"i",
    "n.ipynb": b"notebook now",
}


def test_a_restore_is_exact_moves_the_head_and_leaves_no_journal(scene, versions):
    old, new = versions(NEW, OLD)
    before = scene.tree()
    applied = scene.restore(new, old)
    assert applied.written == ("a", "d/run", "gone/deep/x", "link", "n.ipynb", "swap")
    assert applied.removed == ("made/y", "swap/in")
    assert applied.kept == applied.pending == ()
    assert scene.head == AFTER
    assert scene.journal_names() == []
    assert scene.restore(old, new).removed == ("gone/deep/x", "swap")
    assert scene.tree() == before


def test_the_old_file_is_never_written_into(scene, versions):
    old, new = versions({"a": b"old bytes"}, {"a": b"new"})
    os.link(scene.root / "a", scene.root / "other name")
    with (scene.root / "a").open("rb") as reader:
        scene.restore(new, old)
        assert reader.read() == b"old bytes"
    assert (scene.root / "other name").read_bytes() == b"old bytes"
    assert (scene.root / "a").stat().st_nlink == 1


def test_a_link_is_replaced_not_followed(scene, versions, tmp_path):
    (tmp_path / "outside").write_bytes(b"outside")
    old, new = versions({"l": f"-> {tmp_path / 'outside'}"}, {"l": b"a file"})
    scene.restore(new, old)
    assert look(scene.root / "l")[3] == b"a file"
    assert (tmp_path / "outside").read_bytes() == b"outside"


def test_dangerous_mode_bits_are_dropped(scene, versions):
    old, new = versions({}, {"tool": (b"#!", 0o755)})
    artifact = new.artifacts[0]
    scene.restore(Snapshot((replace(artifact, mode=artifact.mode | stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX),)), old)
    assert stat.S_IMODE((scene.root / "tool").stat().st_mode) == 0o755


def test_a_folder_with_an_unknown_file_stays(scene, versions):
    old, new = versions({"d/known": b"1", "e/known": b"1"}, {})
    (scene.root / "d" / "unknown").write_text("mine")
    scene.restore(new, old)
    assert scene.tree().keys() == {"d", "d/unknown"}


class TestBytesThatChanged:
    def test_a_file_that_was_saved_meanwhile_is_put_beside_it(self, scene, versions):
        old, new = versions(
            {"a.tar.gz": b"old", "a.tar.kept-1.gz": b"taken", "gone/x": b"x", ".env": b"1"}, {"a.tar.gz": b"new"}
        )
        prepared = scene.prepare(new, Snapshot(tuple(item for item in old.artifacts if "kept" not in item.path)))
        for path in ("a.tar.gz", "gone/x", ".env"):
            (scene.root / path).write_bytes(b"edited " + path.encode())
        applied = scene.journal.apply(prepared, move_head=scene.move_head)
        kept = {item.path: item.reason.rpartition(" ")[2] for item in applied.kept}
        assert kept == {"a.tar.gz": "a.tar.kept-2.gz", "gone/x": "x.kept-1", ".env": ".env.kept-1"}
        assert all((scene.root / name).read_bytes() == b"edited " + path.encode() for path, name in kept.items())
        assert (scene.root / "a.tar.gz").read_bytes() == b"new"
        assert (scene.root / "a.tar.kept-1.gz").read_bytes() == b"taken"

    def test_a_file_that_appeared_meanwhile(self, scene, versions):
        old, new = versions({}, {"a": b"new"})
        prepared = scene.prepare(new, old)
        (scene.root / "a").write_bytes(b"appeared")
        applied = scene.journal.apply(prepared, move_head=scene.move_head)
        assert len(applied.kept) == 1
        assert {path: entry[3] for path, entry in scene.tree().items()} == {"a": b"new", "a.kept-1": b"appeared"}

    def test_a_file_that_vanished_meanwhile(self, scene, versions):
        old, new = versions({"a": b"1", "b": b"2"}, {"a": b"new"})
        prepared = scene.prepare(new, old)
        (scene.root / "a").unlink()
        (scene.root / "b").unlink()
        assert scene.journal.apply(prepared, move_head=scene.move_head).kept == ()
        assert scene.tree().keys() == {"a"}

    def test_what_is_no_file_any_more_is_kept_whole(self, scene, versions):
        old, new = versions({"a": b"1", "b": b"2", "c": b"3"}, {"a": b"new", "b": b"new"})
        prepared = scene.prepare(new, old)
        for name in "abc":
            (scene.root / name).unlink()
        (scene.root / "a").mkdir()
        (scene.root / "a" / "inside").write_text("mine")
        os.mkfifo(scene.root / "b")
        (scene.root / "c").mkdir()
        scene.journal.apply(prepared, move_head=scene.move_head)
        assert (scene.root / "a.kept-1" / "inside").read_text() == "mine"
        assert stat.S_ISFIFO((scene.root / "b.kept-1").stat().st_mode)
        assert (scene.root / "c").is_dir()

    def test_a_very_long_name_is_shortened(self, scene, versions):
        name = "é" * 120 + ".csv"
        old, new = versions({name: b"1"}, {name: b"2"})
        prepared = scene.prepare(new, old)
        (scene.root / name).write_bytes(b"edited")
        scene.journal.apply(prepared, move_head=scene.move_head)
        (kept,) = [path for path in scene.tree() if "kept-1.csv" in path]
        assert (scene.root / kept).read_bytes() == b"edited"

    def test_bytes_that_are_expected_but_not_in_the_store_are_kept_too(self, scene, versions):
        old, new = versions({}, {"a": b"new"})
        plan = scene.plan(new, old)
        (scene.root / "a").write_bytes(b"in no store")
        prepared = scene.journal.prepare(
            "r2", plan, new, expected={"a": scene.digest("a")}, open_documents=frozenset(), heads=(BEFORE, AFTER)
        )
        assert len(scene.journal.apply(prepared, move_head=scene.move_head).kept) == 1
        assert (scene.root / "a.kept-1").read_bytes() == b"in no store"


class TestFailure:
    def test_no_room_is_known_before_anything_is_written(self, scene, versions):
        old, new = versions({}, {"a": b"new"})
        huge = Snapshot((replace(new.artifacts[0], size=2**60),))
        with pytest.raises(DiskFull):
            scene.prepare(huge, old)
        assert scene.journal_names() == []

    def test_a_cancel_at_any_moment_changes_nothing(self, scene, versions):
        old, new = versions(OLD, NEW)
        before = scene.tree()
        for limit in range(100):
            calls = iter(range(limit))

            def cancel(*_, calls=calls):
                if next(calls, None) is None:
                    raise Cancelled("stopped")

            plan = scene.plan(new, old)
            expected = {path: scene.digest(path) for path in (*plan.removes, *(write.path for write in plan.writes))}
            try:
                prepared = scene.journal.prepare(
                    f"r{limit}",
                    plan,
                    new,
                    expected=expected,
                    open_documents=frozenset(),
                    heads=(BEFORE, AFTER),
                    progress=cancel,
                )
                scene.journal.apply(prepared, move_head=scene.move_head, progress=cancel)
            except Cancelled:
                assert scene.tree() == before
                assert scene.journal_names() == []
                assert scene.head == BEFORE
            else:
                break
        assert limit > 20
        assert scene.head == AFTER

    def test_a_folder_swapped_for_a_link_leads_nowhere(self, scene, versions, tmp_path):
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "x").write_text("not ours")
        old, new = versions({"a": b"1", "d/x": b"1", "e/x": b"1"}, {"a": b"2", "d/x": b"2"})
        prepared = scene.prepare(new, old)
        for name in ("d", "e"):
            (scene.root / name).rename(scene.root / f"{name} moved")
            (scene.root / name).symlink_to(outside)
        with pytest.raises(FileFailure, match="d/x"):
            scene.journal.apply(prepared, move_head=scene.move_head)
        assert (scene.root / "a").read_bytes() == b"1"
        assert {entry.name: entry.read_text() for entry in outside.iterdir()} == {"x": "not ours"}
        assert scene.journal_names() == []
        assert scene.head == BEFORE

    def test_bytes_missing_in_the_store_leave_nothing(self, scene, versions):
        old, new = versions({"a": b"1"}, {"a": b"2"})
        before = scene.tree()
        plan = scene.plan(new, old)
        lost = Snapshot((replace(new.artifacts[0], digest="blake3:" + "0" * 64),))
        with pytest.raises(MlversionError):
            scene.prepare(lost, old, plan=plan)
        assert scene.tree() == before
        assert scene.journal_names() == []

    def test_ids_and_paths_are_checked(self, scene, versions):
        old, new = versions({}, {"a": b"2"})
        for bad in ("../x", "", ".", "a/b", "x" * 65):
            with pytest.raises(OutsideWorkspace):
                scene.prepare(new, old, restore_id=bad)
        plan = scene.plan(new, old)
        with pytest.raises(UnknownPath):
            scene.prepare(Snapshot(), old, plan=plan)
        with pytest.raises(OutsideWorkspace):
            scene.prepare(new, old, plan=replace(plan, removes=("../outside",)))
        assert scene.journal_names() == []
        scene.prepare(new, old)
        with pytest.raises(Conflict):
            scene.prepare(new, old)
        assert scene.journal_names() == ["r1"]

    def test_a_journal_that_is_a_link_is_refused(self, scene, versions, tmp_path):
        old, new = versions({}, {"a": b"2"})
        precious = tmp_path / "elsewhere" / "precious"
        precious.mkdir(parents=True)
        (scene.root / ".mlversion" / "journal").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(OutsideWorkspace):
            scene.prepare(new, old)
        assert scene.journal.recover(scene.move_head) == []
        assert precious.is_dir()


class TestOpenDocument:
    def pending(self, scene, versions, **options):
        old, new = versions(OLD, NEW)
        applied = scene.restore(new, old, documents=["n.ipynb"], **options)
        assert applied.pending == ("n.ipynb",)
        assert "n.ipynb" not in applied.written
        assert (scene.root / "n.ipynb").read_bytes() == b"notebook then"
        assert (scene.root / "a").read_bytes() == b"new!"
        assert scene.head == AFTER

    def test_it_waits_until_it_is_acknowledged(self, scene, versions):
        self.pending(scene, versions)
        (waiting,) = scene.journal.pending()
        assert (waiting.restore_id, waiting.paths) == ("r1", ("n.ipynb",))
        assert scene.journal.recover(scene.move_head) == []
        assert scene.journal.pending() == [waiting]
        scene.journal.acknowledge("r1")
        scene.journal.acknowledge("r1")
        scene.journal.acknowledge("../../x")
        assert scene.journal_names() == []
        assert scene.journal.pending() == []
        assert (scene.root / "n.ipynb").read_bytes() == b"notebook then"

    def test_after_a_time_recovery_writes_the_bytes(self, scene, versions):
        self.pending(scene, versions)
        (sentence,) = scene.journal.recover(scene.move_head, older_than=0)
        assert "n.ipynb" in sentence
        assert (scene.root / "n.ipynb").read_bytes() == b"notebook now"
        assert scene.journal_names() == []

    def test_when_the_process_is_gone_it_does_so_at_once(self, scene, versions):
        self.pending(scene, versions)
        folder = scene.root / ".mlversion" / "journal" / "r1"
        record = json.loads((folder / "document-pending.json").read_bytes())
        record["process"]["started"] += 1
        (folder / "document-pending.json").write_text(json.dumps(record))
        scene.journal.recover(scene.move_head)
        assert (scene.root / "n.ipynb").read_bytes() == b"notebook now"

    def test_what_was_saved_meanwhile_stays(self, scene, versions):
        self.pending(scene, versions)
        (scene.root / "n.ipynb").write_bytes(b"saved by the user since")
        scene.journal.recover(scene.move_head, older_than=0)
        assert (scene.root / "n.ipynb").read_bytes() == b"saved by the user since"
        assert scene.journal_names() == []

    def test_one_that_cannot_be_written_holds_up_no_command(self, scene, versions, tmp_path):
        old, new = versions({"d/n.ipynb": b"1"}, {"d/n.ipynb": b"2"})
        scene.restore(new, old, documents=["d/n.ipynb"])
        (scene.root / "d").rename(tmp_path / "d")
        (scene.root / "d").write_text("now a file")
        (sentence,) = scene.journal.recover(scene.move_head, older_than=0)
        assert "could not be written" in sentence
        (scene.root / "d").unlink()
        scene.journal.recover(scene.move_head, older_than=0)
        assert (scene.root / "d" / "n.ipynb").read_bytes() == b"2"

    def test_its_folder_may_be_gone(self, scene, versions):
        old, new = versions({"d/n.ipynb": b"1"}, {"d/n.ipynb": b"2"})
        scene.restore(new, old, documents=["d/n.ipynb"])
        (scene.root / "d" / "n.ipynb").unlink()
        (scene.root / "d").rmdir()
        scene.journal.recover(scene.move_head, older_than=0)
        assert (scene.root / "d" / "n.ipynb").read_bytes() == b"2"


class TestRecovery:
    def test_a_committed_restore_is_finished_and_an_uncommitted_one_deleted(self, scene, versions):
        old, new = versions(OLD, NEW)
        scene.prepare(new, old)
        uncommitted = scene.prepare(new, old, restore_id="r0").folder
        (uncommitted / "switching.json").rename(uncommitted / "record.tmp")
        (sentence,) = Scene(scene.root).journal.recover(scene.move_head)
        assert "finished" in sentence
        assert scene.head == AFTER
        assert scene.plan(new, old).empty
        assert scene.journal_names() == []

    def test_what_cannot_be_finished_is_undone(self, scene, versions, tmp_path):
        old, new = versions({"a": b"1", "d/x": b"1"}, {"a": b"2", "d/x": b"2"})
        scene.prepare(new, old)
        (scene.root / "d").rename(tmp_path / "d")
        (scene.root / "d").write_text("now a file")
        scene.move_head(AFTER)  # as if it had been killed after that
        (sentence,) = scene.journal.recover(scene.move_head)
        assert "undone" in sentence
        assert scene.head == BEFORE
        assert (scene.root / "a").read_bytes() == b"1"
        assert (scene.root / "d").read_text() == "now a file"
        assert scene.journal_names() == []

    def test_a_journal_that_lost_its_files_is_set_aside(self, scene, versions):
        old, new = versions({"a": b"1"}, {"a": b"2"})
        shutil.rmtree(scene.prepare(new, old).folder / "new")
        (sentence,) = scene.journal.recover(scene.move_head)
        assert "set aside" in sentence
        assert (scene.root / "a").read_bytes() == b"1"

    @pytest.mark.parametrize(
        "damage",
        [
            lambda record: record["steps"][-1].update(path="../../escaped"),
            lambda record: record["steps"][0].update(path="/etc/passwd"),
            lambda record: record["steps"][0].update(path=".git/hooks/post-commit"),
            lambda record: record["steps"][0].update(shelf=7),
            lambda record: record["steps"][0].update(number=1),
            lambda record: record["made"].append("../made"),
            lambda record: record["emptied"].append({"path": "..", "mode": 0}),
            lambda record: record["shelves"].append("../.."),
            lambda record: record.update(format=2),
            lambda record: record.update(restore="other"),
            lambda record: record.pop("steps"),
        ],
    )
    def test_a_record_that_cannot_be_trusted_is_set_aside(self, scene, versions, damage):
        old, new = versions(OLD, NEW)
        before = scene.tree()
        folder = scene.prepare(new, old).folder
        record = json.loads((folder / "switching.json").read_bytes())
        damage(record)
        (folder / "switching.json").write_text(json.dumps(record))
        (sentence,) = scene.journal.recover(scene.move_head)
        assert "set aside" in sentence
        assert scene.tree() == before
        assert scene.journal_names() == ["damaged.r1"]
        assert scene.journal.recover(scene.move_head) == []

    def test_folders_that_no_restore_made_are_left_alone(self, scene):
        strange = scene.root / ".mlversion" / "journal" / "strange"
        strange.mkdir(parents=True)
        (strange / "precious").write_text("mine")
        (strange.parent / "file").write_text("mine")
        assert scene.journal.recover(scene.move_head) == []
        assert (strange / "precious").read_text() == "mine"

    def test_edits_made_after_a_crash_survive_the_recovery(self, scene, versions):
        old, new = versions({"a": b"1", "b": b"1", "c": b"1"}, {"a": b"2", "b": b"2"})
        prepared = scene.prepare(new, old)
        (scene.root / "a").rename(prepared.folder / "old" / "1")  # killed in the middle of the step of a
        (prepared.folder / "new" / "1").rename(scene.root / "a")
        for name in "abc":
            (scene.root / name).write_bytes(b"edited " + name.encode())
        scene.journal.recover(scene.move_head)
        assert (scene.root / "a").read_bytes() == b"edited a"
        assert (scene.root / "b").read_bytes() == b"2"
        assert (scene.root / "b.kept-1").read_bytes() == b"edited b"
        assert (scene.root / "c.kept-1").read_bytes() == b"edited c"


class TestOtherFileSystems:
    def test_where_names_cannot_be_exchanged(self, scene, versions, monkeypatch):
        monkeypatch.setattr(swap, "_function", lambda: None)
        old, new = versions(OLD, NEW)
        before = scene.tree()
        prepared = scene.prepare(new, old)
        (scene.root / "a").write_bytes(b"edited")
        scene.journal.apply(prepared, move_head=scene.move_head)
        assert (scene.root / "a.kept-1").read_bytes() == b"edited"
        (scene.root / "a.kept-1").unlink()
        assert scene.plan(new, old).empty

        def refuse(plain):
            if plain == BEFORE:
                scene.move_head(plain)
            else:
                raise FileFailure("no")

        middle = scene.tree()
        with pytest.raises(FileFailure):
            scene.journal.apply(scene.prepare(old, new), move_head=refuse)
        assert scene.tree() == middle
        scene.restore(old, new)
        assert scene.tree() == before

    def test_where_not_even_links_can_be_made(self, scene, versions, monkeypatch):
        def no_links(*_args, **_options):
            raise OSError(errno.EPERM, "no links here")

        monkeypatch.setattr(swap, "_function", lambda: None)
        monkeypatch.setattr(os, "link", no_links)
        old, new = versions(OLD, NEW)
        before = scene.tree()
        scene.restore(new, old)
        scene.restore(old, new)
        assert scene.tree() == before

    def test_the_journal_may_lie_on_another_one(self, scene, versions):
        other = Path("/dev/shm")
        if not other.is_dir() or other.stat().st_dev == scene.root.stat().st_dev:
            pytest.skip("there is no second file system to write to")
        home = other / f"restore-test-{os.getpid()}"
        home.mkdir()
        try:
            (scene.root / ".mlversion").symlink_to(home)
            old, new = versions(OLD, NEW)
            before = scene.tree()
            prepared = scene.prepare(new, old)
            assert prepared.record.shelves == ("",)
            scene.journal.apply(prepared, move_head=scene.move_head)
            assert scene.plan(new, old).empty
            assert not (scene.root / ".mlversion-restore-r1").exists()
            uncommitted = scene.prepare(old, new).folder
            (uncommitted / "switching.json").unlink()
            assert (scene.root / ".mlversion-restore-r1" / "new").is_dir()
            scene.journal.recover(scene.move_head)
            scene.restore(old, new)
            assert scene.tree() == before
        finally:
            shutil.rmtree(home)


def test_a_process_on_another_machine_is_not_thought_dead(scene, versions, monkeypatch):
    old, new = versions({"n": b"1"}, {"n": b"2"})
    monkeypatch.setattr("jupyter_mlversion.restore.journal.this_process", lambda: Process("elsewhere", 1, 1))
    scene.restore(new, old, documents=["n"])
    assert scene.journal.recover(scene.move_head) == []
    assert len(scene.journal.pending()) == 1
