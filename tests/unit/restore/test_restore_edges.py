"""What hardly ever happens: the OS refuses in odd places, files come and go between two looks, old systems."""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from restore_scene import AFTER, NEW, OLD, Both, Scene, by_cuts, patches

from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import Cancelled, DiskFull, FileFailure
from jupyter_mlversion.restore import (
    aside,
    durable,
    fill,
    folders,
    guard,
    patching,
    places,
    process,
    put,
    swap,
    switch,
    terrain,
    tree,
)
from jupyter_mlversion.restore.failure import failure_of
from jupyter_mlversion.restore.files import Form
from jupyter_mlversion.restore.journal import Journal
from jupyter_mlversion.restore.process import Process
from jupyter_mlversion.restore.record import Step
from jupyter_mlversion.restore.shelf import file_system_of


def refusing(number, *, unless=lambda *_: False, function=None):
    """A function that the OS refuses with that error number."""

    def refuse(*arguments, **options):
        if unless(*arguments):
            return function(*arguments, **options)
        raise OSError(number, os.strerror(number))

    return refuse


@contextmanager
def broken(module, name, function):
    """While the block runs, the module has that function instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, function)
        yield


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.ENOSPC, DiskFull, "no room"),
        (errno.EACCES, FileFailure, "cannot be changed"),
        (errno.EXDEV, FileFailure, "cannot be switched"),
        (errno.EIO, FileFailure, "Input/output"),
    ],
)
def test_what_the_os_says_is_told(number, kind, said):
    error = failure_of(OSError(number, os.strerror(number)), "a/path")
    assert type(error) is kind
    assert said in error.message
    assert "a/path" in error.message


class TestAside:
    def folder(self, path):
        path.mkdir()
        return os.open(path, os.O_RDONLY)

    def test_a_name_that_is_too_long_with_its_number_is_shortened(self, tmp_path):
        name = "é" * 124 + ".csv"
        root = self.folder(tmp_path / "root")
        (tmp_path / "root" / "x").write_bytes(b"1")
        kept = aside.Aside(root)
        kept.put(root, "x", name)
        (left,) = os.listdir(tmp_path / "root")
        assert left.endswith(".kept-1.csv")
        assert (tmp_path / "root" / left).read_bytes() == b"1"

    def test_the_workspace_may_be_gone(self, tmp_path):
        root, other = self.folder(tmp_path / "root"), self.folder(tmp_path / "other")
        (tmp_path / "other" / "x").write_bytes(b"1")
        (tmp_path / "root").rmdir()
        with pytest.raises(FileFailure, match="workspace is gone"):
            aside.Aside(root).put(other, "x", "d/f")
        assert (tmp_path / "other" / "x").read_bytes() == b"1"

    def test_what_else_is_refused_is_told(self, tmp_path, monkeypatch):
        root = self.folder(tmp_path / "root")
        monkeypatch.setattr(aside, "rename_free", refusing(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            aside.Aside(root).put(root, "x", "f")


class TestManyFiles:
    def trees(self):
        names = [f"d{number}/f" for number in range(40)]
        return {name: name.encode() for name in names}, {name: name.encode() * 2 for name in names}

    def test_they_are_made_durable_at_once(self, scene, versions):
        old, new = versions(*self.trees())
        before = scene.tree()
        scene.restore(new, old)
        assert scene.plan(new, old).empty
        scene.restore(old, new)
        assert scene.tree() == before

    def test_where_the_os_cannot_do_so_each_is(self, scene, versions, monkeypatch):
        monkeypatch.setattr(durable, "_syncfs", lambda: None)
        assert not durable.can_sync_at_once()
        with pytest.raises(OSError):  # noqa: PT011 - whatever the last error was
            durable.sync_at_once([0])
        old, new = versions(*self.trees())
        synced = []
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), fsync(fd)))
        scene.restore(new, old)
        assert len(synced) > 80, "forty files, and forty folders"
        assert scene.plan(new, old).empty

    def test_one_after_the_other_with_one_core(self, scene, versions, monkeypatch):
        monkeypatch.setattr(fill, "_THREADS", 1)
        old, new = versions({"a": b"1", "b": b"1"}, {"a": b"2", "b": b"2"})
        scene.restore(new, old)
        assert scene.plan(new, old).empty

    def test_an_error_of_the_disk_is_told(self, scene, versions, monkeypatch):
        def failing(_folder):
            ctypes.set_errno(errno.EIO)
            return -1

        old, new = versions(*self.trees())
        before = scene.tree()
        monkeypatch.setattr(durable, "_syncfs", lambda: failing)
        with pytest.raises(FileFailure):
            scene.restore(new, old)
        assert scene.tree() == before
        assert scene.journal_names() == []

    def test_an_old_c_library(self, monkeypatch):
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
        durable._syncfs.cache_clear()
        swap._function.cache_clear()
        try:
            assert durable._syncfs() is None
            assert swap._function() is None
        finally:
            durable._syncfs.cache_clear()
            swap._function.cache_clear()

    def test_a_damaged_store_ends_it(self, scene, versions, monkeypatch):
        old, new = versions(*self.trees())
        monkeypatch.setattr(scene.store, "get", refusing(errno.EIO))
        with pytest.raises(FileFailure):
            scene.restore(new, old)
        assert scene.journal_names() == []


class TestLargeFiles:
    BIG = OLD * 10

    def test_a_new_one_and_one_whose_base_is_gone(self, scene, versions):
        old, new = versions({"b": self.BIG}, {"a": self.BIG + b"a", "b": self.BIG[::-1]})
        plan = scene.plan(new, old)
        expected = {"b": scene.digest("b")}
        (scene.root / "b").unlink()
        prepared = scene.journal.prepare(
            "r1", plan, new, expected=expected, open_documents=frozenset(), heads=({}, {})
        )
        scene.journal.apply(prepared, move_head=scene.move_head)
        assert (scene.root / "a").read_bytes() == self.BIG + b"a"
        assert (scene.root / "b").read_bytes() == self.BIG[::-1]

    def test_one_whose_base_is_no_file(self, scene, versions):
        old, new = versions({"b": self.BIG}, {"b": self.BIG[::-1]})
        plan, expected = scene.plan(new, old), {"b": scene.digest("b")}
        (scene.root / "b").unlink()
        os.mkfifo(scene.root / "b")
        prepared = scene.journal.prepare(
            "r1", plan, new, expected=expected, open_documents=frozenset(), heads=({}, {})
        )
        assert len(scene.journal.apply(prepared, move_head=scene.move_head).kept) == 1
        assert (scene.root / "b").read_bytes() == self.BIG[::-1]

    def test_without_a_stat_cache_nothing_is_patched(self, tmp_path):
        both = Both(Scene(tmp_path, planner=by_cuts), {"m": OLD}, {"m": NEW})
        both.scene.journal = Journal(tmp_path, both.scene.store)
        prepared = both.prepare()
        assert patches(prepared) == {}
        both.apply(prepared)
        assert both.scene.tree() == both.after


class TestPatching:
    @pytest.fixture
    def both(self, tmp_path):
        root = tmp_path / "workspace"
        root.mkdir()
        return Both(Scene(root, planner=by_cuts), {"d/m": (OLD, 0o640)}, {"d/m": (NEW, 0o600)})

    def failing_head(self, both, *, then=lambda: None):
        def move(plain):
            if plain == AFTER:
                then()
                raise FileFailure("no head today")

        return move

    def test_undone_when_it_could_not_be_patched(self, both, monkeypatch):
        prepared = both.prepare()
        monkeypatch.setattr(patching, "take_lease", lambda _: False)
        with pytest.raises(FileFailure):
            both.scene.journal.apply(prepared, move_head=self.failing_head(both))
        assert both.scene.tree() == both.before

    def test_undone_when_the_new_file_was_not_put_yet(self, both):
        prepared = both.prepare()
        (prepared.folder / "new" / "0").write_bytes(NEW)
        (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")
        both.scene.journal.recover(both.scene.move_head)
        assert both.scene.tree() == both.before

    def test_a_half_made_file_is_made_again(self, both, monkeypatch):
        prepared = both.prepare()
        (prepared.folder / "new" / "0.part").write_bytes(b"half of")
        monkeypatch.setattr(patching, "take_lease", lambda _: False)
        both.scene.journal.recover(both.scene.move_head)
        assert both.scene.tree() == both.after

    def test_a_second_name_since_the_plan(self, both):
        prepared = both.prepare()
        os.link(both.scene.root / "d/m", both.scene.root / "other")
        both.apply(prepared)
        assert (both.scene.root / "other").read_bytes() == OLD
        assert (both.scene.root / "d/m").read_bytes() == NEW

    def test_a_file_that_cannot_be_read_is_replaced(self, both, monkeypatch):
        prepared = both.prepare()

        def unreadable(*_):
            raise FileFailure("cannot be read")

        monkeypatch.setattr(both.scene.store, "holds", unreadable)
        both.apply(prepared)
        assert both.scene.tree() == both.after

    def test_a_file_that_may_not_be_written_is_replaced(self, both, monkeypatch):
        prepared, real = both.prepare(), os.open
        writing = refusing(errno.EACCES, unless=lambda _, flags, *__: not flags & os.O_RDWR, function=real)
        with monkeypatch.context() as patch:
            patch.setattr(patching.os, "open", lambda name, flags, *rest, **options: (
                writing(name, flags, *rest, **options) if name == "m" else real(name, flags, *rest, **options)
            ))
            both.apply(prepared)
        assert both.scene.tree() == both.after

    def test_a_file_that_is_gone_since_the_plan_is_made(self, both):
        prepared = both.prepare()
        (both.scene.root / "d/m").unlink()
        both.apply(prepared)
        assert (both.scene.root / "d/m").read_bytes() == NEW

    def test_an_error_of_the_disk_is_told(self, both, monkeypatch):
        prepared = both.prepare()
        with broken(patching.Patching, "_lifted_from_path", refusing(errno.EIO)), pytest.raises(FileFailure):
            both.apply(prepared)
        assert both.scene.tree() == both.before

    def test_an_error_while_undoing_is_told_and_undone_later(self, both, monkeypatch):
        prepared = both.prepare()
        with monkeypatch.context() as patch, pytest.raises(FileFailure, match="could not be undone yet"):
            both.scene.journal.apply(
                prepared,
                move_head=self.failing_head(
                    both, then=lambda: patch.setattr(patching, "is_fresh", refusing(errno.EIO))
                ),
            )
        (sentence,) = both.scene.journal.recover(both.scene.move_head)
        assert "undone" in sentence
        assert both.scene.tree() == both.before

    @pytest.mark.parametrize("shelved", [False, True])
    def test_undone_without_a_folder(self, both, shelved):
        prepared = both.prepare()
        if shelved:
            (both.scene.root / "d/m").rename(prepared.folder / "old" / "0")
        else:
            (both.scene.root / "d/m").unlink()
        (both.scene.root / "d").rmdir()
        (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")
        both.scene.journal.recover(both.scene.move_head)
        assert ("d/m" in both.scene.tree()) == shelved

    def test_what_holds_the_path_while_undoing_stays_and_the_old_file_is_beside(self, both):
        prepared = both.prepare()
        (both.scene.root / "d/m").rename(prepared.folder / "old" / "0")
        (both.scene.root / "d/m").write_bytes(b"appeared")
        (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")
        both.scene.journal.recover(both.scene.move_head)
        held = {entry[3] for entry in both.scene.tree().values() if entry[0] == "file"}
        assert {OLD, b"appeared"} <= held


class TestPlaces:
    @pytest.mark.parametrize("way", ["forward", "back", "put_documents", "sync"])
    @pytest.mark.parametrize("function", ["make_folder", "open_folder"])
    def test_a_refusal_of_the_os_is_not_taken_for_nothing(self, scene, versions, way, function):
        old, new = versions({"d/a": b"1", "d/gone": b"1", "n": b"1"}, {"d/a": b"2", "n": b"2"})
        prepared = scene.prepare(new, old, documents=["n"])
        with scene.journal._switch(prepared.record, prepared.folder) as opened:
            if way == "back":
                opened.forward(resumed=False)
            options = {"resumed": True} if way == "forward" else {}
            with broken(places, function, refusing(errno.EIO)), suppress(FileFailure):
                getattr(opened, way)(**options)
        scene.journal.recover(scene.move_head, older_than=0)
        scene.journal.recover(scene.move_head, older_than=0)
        held = {path: (scene.root / path).read_bytes() for path in ("d/a", "n")}
        assert held in ({"d/a": b"2", "n": b"2"}, {"d/a": b"1", "n": b"1"})

    def test_a_step_that_removes_has_no_new_file(self):
        with pytest.raises(FileFailure, match="nothing to be written"):
            places.fresh_of(Step(0, "a", 0, None, None))

    def test_an_artifact_without_bytes_has_no_form(self, versions):
        old, _ = versions({"a": b"1"}, {})
        with pytest.raises(FileFailure, match="no stored bytes"):
            Form.of(replace(old.artifacts[0], digest=None))


class TestPending:
    def test_a_folder_that_was_never_committed_is_not_pending(self, scene, versions):
        old, new = versions({"a": b"1"}, {"a": b"2"})
        folder = scene.prepare(new, old).folder
        (folder / "switching.json").unlink()
        assert scene.journal.pending() == []

    def test_an_undo_that_fails_is_told_and_finished_later(self, scene, versions, monkeypatch):
        old, new = versions({"a": b"1"}, {"a": b"2"})
        before = scene.tree()

        def refuse(*_):
            raise FileFailure("not now")

        with broken(switch.Switch, "back", refuse), pytest.raises(FileFailure, match="could not be undone yet"):
            scene.journal.apply(scene.prepare(new, old), move_head=refuse)
        scene.journal.recover(scene.move_head)
        assert scene.tree() == before

    def test_a_crash_with_a_document_open_leaves_it_pending(self, scene, versions):
        old, new = versions({"a": b"1", "n": b"1"}, {"a": b"2", "n": b"2"})
        scene.prepare(new, old, documents=["n"])
        scene.journal.recover(scene.move_head)
        assert (scene.root / "a").read_bytes() == b"2"
        assert (scene.root / "n").read_bytes() == b"1"
        assert [item.paths for item in scene.journal.pending()] == [("n",)]


class TestPlan:
    def test_a_notebook_that_cannot_be_read_counts_as_unsaved(self, scene, versions):
        old, new = versions({"n": b"1"}, {"n": b"2"})

        def unreadable(_path):
            raise FileFailure("cannot be read")

        plan = scene.plan(new, old, digest_of=unreadable, notebook="n", document=b"3")
        assert plan.unsaved

    def test_what_has_no_bytes_is_missing_unless_it_is_there(self, scene, versions):
        old, new = versions({"a": b"1", "f": b"1"}, {"a": b"1", "f": b"1"})
        bare = Snapshot(tuple(replace(item, state=State.DIGEST_ONLY, reason="too large") for item in new.artifacts))
        assert scene.plan(bare, old).missing == ()
        within = Snapshot(tuple(replace(item, path=f"f/{item.path}") for item in bare.artifacts))
        assert len(scene.plan(within, None).missing) == 2

        def unreadable(_path):
            raise FileFailure("cannot be read")

        assert len(scene.plan(bare, None, digest_of=unreadable).missing) == 2

    def test_what_is_settled_is_not_looked_at(self, scene, versions):
        old, new = versions({"a": b"1", "b": b"1"}, {"a": b"2", "b": b"2"})
        plan = scene.plan(new, old, settled={"a"})
        assert [write.path for write in plan.writes] == ["b"]


class TestLooking:
    def test_folders_that_cannot_be_looked_at(self, scene, monkeypatch, tmp_path):
        (scene.root / "d" / "e").mkdir(parents=True)
        seen = terrain.Terrain(scene.root, set())
        with broken(os, "listdir", refusing(errno.EACCES)), pytest.raises(FileFailure, match="cannot be looked at"):
            seen.blockage("d")
        with broken(os, "lstat", refusing(errno.EACCES)), pytest.raises(FileFailure, match="cannot be looked at"):
            terrain.Terrain(scene.root, set()).file("x")
        descriptor = os.open(scene.root, os.O_RDONLY)
        with monkeypatch.context() as patch:
            patch.setattr(os, "listdir", refusing(errno.EACCES))
            assert folders.emptied_by(descriptor, ["d/x"], []) == ()
        os.close(descriptor)

    def test_a_file_that_cannot_be_read_has_no_digest(self, scene, monkeypatch):
        (scene.root / "a").write_bytes(b"1")

        def unreadable(_fd):
            raise FileFailure("cannot be read")

        descriptor = os.open(scene.root, os.O_RDONLY)
        monkeypatch.setattr(tree, "digest_of_file", unreadable)
        assert tree.digest_at(descriptor, "a") is None
        os.close(descriptor)

    def test_a_folder_that_may_not_be_removed(self, scene, monkeypatch):
        (scene.root / "d").mkdir()
        descriptor = os.open(scene.root, os.O_RDONLY)
        with broken(os, "rmdir", refusing(errno.EACCES)), pytest.raises(OSError, match="Permission"):
            tree.remove_folder(descriptor, ("d",))
        tree.remove_folder(descriptor, ("nowhere", "d"))
        (scene.root / "d" / "x").write_text("mine")
        tree.remove_folder(descriptor, ("d",))
        assert (scene.root / "d" / "x").exists()
        os.close(descriptor)

    def test_without_proc_the_device_tells_the_file_system(self, scene, monkeypatch):
        descriptor = os.open(scene.root, os.O_RDONLY)
        monkeypatch.setattr(Path, "read_text", refusing(errno.ENOENT))
        assert file_system_of(descriptor) == (scene.root.stat().st_dev, 0)
        assert process._started(os.getpid()) == 0
        os.close(descriptor)

    def test_a_process_of_somebody_else_is_alive(self, monkeypatch):
        monkeypatch.setattr(os, "kill", refusing(errno.EPERM))
        mine = process.this_process()
        assert not Process(mine.host, 1, 1).dead


def test_a_shelf_that_is_gone_is_no_hindrance(scene, versions):
    old, new = versions({"a": b"1"}, {"a": b"2"})
    folder = scene.prepare(new, old).folder
    (folder / "shelves.json").write_text('["nowhere"]')
    (folder / "switching.json").unlink()
    assert scene.journal.recover(scene.move_head) == []
    assert scene.journal_names() == []


def test_names_that_no_rename_can_move(tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / name).write_text(name)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(swap, "_function", lambda: None)
    with broken(os, "link", refusing(errno.EIO)), pytest.raises(OSError, match="Input/output"):
        swap.rename_free(descriptor, "a", descriptor, "c")
    with broken(os, "link", refusing(errno.EPERM)), pytest.raises(FileExistsError):
        swap.rename_free(descriptor, "a", descriptor, "b")
    monkeypatch.setattr(swap, "_function", lambda: lambda *_: ctypes.set_errno(errno.EINVAL) or -1)
    assert not swap.exchange(descriptor, "a", descriptor, "b")
    os.close(descriptor)


class TestPut:
    """The states of a step that puts a new file, as kills between two renames leave them."""

    def prepared(self, scene, versions, old=b"1", new=b"2", *, undo=False):
        before, after = versions({"d/a": old}, {"d/a": new})
        prepared = scene.prepare(after, before)
        if undo:
            (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")
        return prepared, scene.root / "d/a", prepared.folder / "new" / "0", prepared.folder / "old" / "0"

    def exchange(self, one, other):
        middle = one.with_name("middle")
        one.rename(middle)
        other.rename(one)
        middle.rename(other)

    def data(self, scene):
        return {path: entry[3] for path, entry in scene.tree().items() if entry[0] == "file"}

    @pytest.mark.parametrize("undo", [False, True])
    def test_exchanged_but_not_shelved(self, scene, versions, undo):
        _, path, new, _ = self.prepared(scene, versions, undo=undo)
        self.exchange(new, path)
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d/a": b"1" if undo else b"2"}

    @pytest.mark.parametrize("undo", [False, True])
    def test_exchanged_for_a_file_with_the_same_bytes(self, scene, versions, undo):
        _, path, new, _ = self.prepared(scene, versions, old=(b"1", 0o600), new=(b"1", 0o644), undo=undo)
        self.exchange(new, path)
        scene.journal.recover(scene.move_head)
        assert path.stat().st_mode & 0o777 == (0o600 if undo else 0o644)

    def test_linked_but_not_unlinked(self, scene, versions):
        _, path, new, old = self.prepared(scene, versions)
        path.rename(old)
        os.link(new, path)
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d/a": b"2"}
        assert path.stat().st_nlink == 1

    @pytest.mark.parametrize("undo", [False, True])
    def test_another_file_came_to_the_path(self, scene, versions, undo):
        _, path, new, old = self.prepared(scene, versions, undo=undo)
        path.rename(old)
        if undo:
            new.unlink()
        path.write_bytes(b"appeared")
        scene.journal.recover(scene.move_head)
        assert set(self.data(scene).values()) == {b"1" if undo else b"2", b"appeared"}

    def test_exchanged_with_something_on_the_shelf_already(self, scene, versions):
        _, path, new, old = self.prepared(scene, versions)
        self.exchange(new, path)
        old.write_bytes(b"another")
        scene.journal.recover(scene.move_head)
        assert set(self.data(scene).values()) == {b"2", b"1", b"another"}

    def test_the_new_file_on_the_old_shelf_while_undoing(self, scene, versions):
        """Exchanged back, killed before it went to the shelf of the new."""
        *_, new, old = self.prepared(scene, versions, undo=True)
        new.rename(old)
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d/a": b"1"}

    def test_undone_where_the_folder_is_a_file_now(self, scene, versions):
        _, path, _, old = self.prepared(scene, versions, undo=True)
        path.rename(old)
        path.parent.rmdir()
        path.parent.write_text("a file")
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d": b"a file", "a.kept-1": b"1"}

    def test_undone_where_the_file_is_gone(self, scene, versions):
        _, path, new, old = self.prepared(scene, versions, undo=True)
        path.rename(old)
        new.unlink()
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d/a": b"1"}

    @pytest.mark.parametrize("number", [errno.EIO, errno.ENOENT])
    def test_undone_where_the_folder_cannot_be_reached(self, scene, versions, number):
        self.prepared(scene, versions, undo=True)
        with broken(places, "open_folder", refusing(number)), suppress(FileFailure):
            scene.journal.recover(scene.move_head)
        scene.journal.recover(scene.move_head)
        assert self.data(scene) == {"d/a": b"1"}

    def test_without_exchange_the_path_is_taken_again_and_again(self, scene, versions, monkeypatch):
        """Somebody writes the file anew between the two renames, once with the shelf free and once not."""
        prepared, path, *_ = self.prepared(scene, versions)
        rename_free, times = swap.rename_free, iter(range(2))

        def racing(folder, name, other, other_name):
            if other_name == "a" and next(times, None) is not None:
                path.write_bytes(b"racing")
            rename_free(folder, name, other, other_name)

        monkeypatch.setattr(swap, "_function", lambda: None)
        monkeypatch.setattr(put, "rename_free", racing)
        scene.journal.apply(prepared, move_head=scene.move_head)
        assert path.read_bytes() == b"2"
        assert set(self.data(scene).values()) == {b"2", b"racing"}

    @pytest.mark.parametrize("racing", [False, True])
    def test_undone_without_exchange(self, scene, versions, monkeypatch, racing):
        prepared, path, *_ = self.prepared(scene, versions)
        monkeypatch.setattr(swap, "_function", lambda: None)

        def move(plain):
            if plain == AFTER:
                if racing:
                    path.write_bytes(b"edited")
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            scene.journal.apply(prepared, move_head=move)
        assert set(self.data(scene).values()) == ({b"1", b"edited"} if racing else {b"1"})


class TestTake:
    @pytest.mark.parametrize("occupied", ["d", "d/gone"])
    def test_a_removed_file_whose_place_is_taken_is_put_beside_when_undone(self, scene, versions, occupied):
        old, new = versions({"d/gone": b"1", "b": b"1"}, {"b": b"2"})
        prepared = scene.prepare(new, old)

        def move(plain):
            if plain == AFTER:
                (scene.root / occupied).parent.mkdir(exist_ok=True)
                (scene.root / occupied).write_bytes(b"appeared")
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            scene.journal.apply(prepared, move_head=move)
        held = {entry[3] for entry in scene.tree().values() if entry[0] == "file"}
        assert held == {b"1", b"appeared"}

    def test_a_folder_that_is_needed_no_more_is_not_made(self, scene, versions):
        old, new = versions({"a": b"1"}, {"a": b"2", "made/b": b"2"})
        prepared = scene.prepare(new, old)
        (prepared.folder / "new" / "1").unlink()
        scene.journal.recover(scene.move_head)
        assert scene.tree().keys() == {"a"}


class TestGuards:
    """Large files that are replaced whole: a lease and the stat cache tell what they held."""

    OLD, NEW = OLD * 10, OLD[::-1] * 10

    @pytest.fixture
    def both(self, tmp_path):
        return Both(Scene(tmp_path, planner=by_cuts), {"m": self.OLD}, {"m": self.NEW})

    def hashed(self, monkeypatch):
        """The names of what is hashed to find out whether it had changed."""
        names = []
        digest_at = switch.digest_at
        monkeypatch.setattr(switch, "digest_at", lambda *where: (names.append(where[1]), digest_at(*where))[1])
        return names

    def test_what_nobody_can_have_changed_is_not_read(self, both, monkeypatch):
        names = self.hashed(monkeypatch)
        assert both.apply(both.prepare()).kept == ()
        assert names == []
        assert both.scene.tree() == both.after

    def test_what_somebody_has_open_is_read(self, both, monkeypatch):
        prepared, names = both.prepare(), self.hashed(monkeypatch)
        with (both.scene.root / "m").open("rb"):
            assert both.apply(prepared).kept == ()
        assert names == ["0"]

    def test_an_edit_is_found(self, both, monkeypatch):
        prepared, names = both.prepare(), self.hashed(monkeypatch)
        with (both.scene.root / "m").open("rb+") as file:
            file.write(b"edited")
        assert len(both.apply(prepared).kept) == 1
        assert names == ["0"]

    def test_another_file_in_its_place_is_read(self, both, monkeypatch):
        prepared, names = both.prepare(), self.hashed(monkeypatch)
        exchange = put.exchange

        def racing(*where):
            (both.scene.root / "other").write_bytes(b"another")
            (both.scene.root / "other").rename(both.scene.root / "m")
            return exchange(*where)

        monkeypatch.setattr(put, "exchange", racing)
        assert len(both.apply(prepared).kept) == 1
        assert names == ["0"]
        assert (both.scene.root / "m.kept-1").read_bytes() == b"another"

    def test_one_that_somebody_waits_for_is_read(self, both, monkeypatch):
        prepared, names = both.prepare(), self.hashed(monkeypatch)
        monkeypatch.setattr(guard, "is_wanted", lambda _: True)
        assert both.apply(prepared).kept == ()
        assert names == ["0"]

    def test_one_that_cannot_be_opened_is_read(self, both, monkeypatch):
        prepared, names = both.prepare(), self.hashed(monkeypatch)
        monkeypatch.setattr(guard, "_OPEN", os.O_RDONLY | os.O_DIRECTORY)
        assert both.apply(prepared).kept == ()
        assert names == ["0"]

    def test_an_undo_is_not_kept_out_by_our_own_lease(self, both):
        def move(plain):
            if plain == AFTER:
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            both.scene.journal.apply(both.prepare(), move_head=move)
        assert both.scene.tree() == both.before

    def test_a_cancel_before_the_check_lets_the_lease_go(self, both):
        def cancel(phase, *_):
            if phase == "checking what was replaced":
                raise Cancelled("stopped")

        with pytest.raises(Cancelled):
            both.apply(both.prepare(), progress=cancel)
        assert both.scene.tree() == both.before
        assert (both.scene.root / "m").read_bytes() == self.OLD
