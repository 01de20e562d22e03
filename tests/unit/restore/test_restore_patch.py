"""Files of which little differs: patched, off their paths, and never lost."""

from __future__ import annotations

import errno
import fcntl
import json
import mmap
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from restore_scene import AFTER, BEFORE, CUT, NEW, OLD, Both, Scene, by_cuts, look, parts, patches

from jupyter_mlversion.errors import Cancelled, CorruptChunk, DiskFull, FileFailure, MlversionError
from jupyter_mlversion.restore import lease, patch, patching


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path, planner=by_cuts)


@pytest.fixture
def both(scene):
    return Both(scene, {"d/m": (OLD, 0o640), "x": b"1"}, {"d/m": (NEW, 0o600), "x": b"2"})


class Counter:
    """Counts the bytes that are written to workspace files, by whatever call."""

    def __init__(self, monkeypatch):
        self.written = 0
        pwrite = os.pwrite

        def counting(fd, data, offset):
            self.written += len(data)
            return pwrite(fd, data, offset)

        monkeypatch.setattr(os, "pwrite", counting)


def refuse_head(scene):
    def move(plain):
        scene.head = plain
        if plain == AFTER:
            raise FileFailure("no head today")

    return move


class TestForward:
    def test_only_what_differs_is_written_into_the_same_file(self, both, monkeypatch):
        inode = (both.scene.root / "d/m").stat().st_ino
        prepared = both.prepare()
        assert prepared.record.format == 2
        assert patches(prepared)["d/m"].ranges == ((CUT, CUT), (4 * CUT, 2 * CUT))
        assert not (prepared.folder / "new" / "0").exists()
        counter = Counter(monkeypatch)
        applied = both.apply(prepared)
        assert counter.written == 3 * CUT
        assert applied.written == ("d/m", "x")
        assert applied.kept == ()
        assert both.scene.tree() == both.after
        assert (both.scene.root / "d/m").stat().st_ino == inode
        assert both.scene.head == AFTER
        assert both.scene.journal_names() == []
        assert both.scene.restore(both.old, both.new).kept == ()
        assert both.scene.tree() == both.before

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (OLD, OLD[: -CUT - 5]),
            (OLD[:-5], OLD + parts("i") + b"tail"),
            (OLD, parts("a", "b", "c", "d", "e", "f")),
            (parts("a", "b", "c", "d"), OLD[: 6 * CUT]),
        ],
    )
    def test_a_file_that_shrinks_or_grows(self, scene, old, new):
        both = Both(scene, {"m": old}, {"m": new})
        prepared = both.prepare()
        assert patches(prepared)
        both.apply(prepared)
        assert scene.tree() == both.after
        scene.restore(both.old, both.new)
        assert scene.tree() == both.before

    def test_a_file_of_which_only_the_mode_differs_is_not_written_at_all(self, scene, monkeypatch):
        both = Both(scene, {"m": (OLD, 0o755)}, {"m": (OLD, 0o600)})
        counter = Counter(monkeypatch)
        prepared = both.prepare()
        assert patches(prepared)["m"].ranges == ()
        both.apply(prepared)
        assert counter.written == 0
        assert scene.tree() == both.after

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (OLD, parts("s", "t", "u", "v", "w", "f", "g", "h")),  # most of it differs
            (b"small", b"Small"),
            (OLD, "-> elsewhere"),
            ("-> elsewhere", OLD),
        ],
    )
    def test_what_is_made_anew_instead(self, scene, old, new):
        both = Both(scene, {"m": old}, {"m": new})
        prepared = both.prepare()
        assert prepared.record.format == 1
        both.apply(prepared)
        assert scene.tree() == both.after

    def test_a_file_of_two_names_is_never_written_into(self, both):
        root = both.scene.root
        (root / "d/m").chmod(0o640)
        os.link(root / "d/m", root / "other")
        prepared = both.prepare()
        assert patches(prepared) == {}
        both.apply(prepared)
        assert (root / "other").read_bytes() == OLD
        assert (root / "d/m").read_bytes() == NEW

    def test_many_files_are_taken_a_few_at_a_time(self, scene, monkeypatch):
        monkeypatch.setattr(patching, "_AT_ONCE", 2)
        names = [f"d{number}/m" for number in range(5)]
        both = Both(scene, dict.fromkeys(names, OLD), dict.fromkeys(names, NEW))
        prepared = both.prepare()
        assert len(patches(prepared)) == 5
        both.apply(prepared)
        assert scene.tree() == both.after

    def test_a_file_system_with_reflinks_gets_a_new_file_that_shares_blocks(self, reflinks):
        root = reflinks / "workspace"
        root.mkdir()
        both = Both(Scene(root, planner=by_cuts), {"m": OLD * 20}, {"m": NEW + OLD * 19})
        prepared = both.prepare()
        assert patches(prepared) == {}
        both.apply(prepared)
        assert both.scene.tree() == both.after


class TestOthersAtTheFile:
    def reader(self, root):
        return open(root / "d/m", "rb")

    def test_an_open_file_is_replaced_and_its_reader_reads_on(self, both):
        with (both.scene.root / "d/m").open("rb") as reader:
            prepared = both.prepare()
            assert patches(prepared) == {}
            both.apply(prepared)
            assert reader.read() == OLD
        assert both.scene.tree() == both.after

    def test_a_mapped_file_too(self, both):
        with (both.scene.root / "d/m").open("rb") as reader:
            mapped = mmap.mmap(reader.fileno(), 0, access=mmap.ACCESS_READ)
        prepared = both.prepare()
        assert patches(prepared) == {}
        both.apply(prepared)
        assert mapped[:] == OLD
        mapped.close()
        assert both.scene.tree() == both.after

    @pytest.mark.parametrize("how", ["rb", "rb+"])
    def test_a_file_that_is_opened_after_the_plan_is_replaced(self, both, how):
        prepared = both.prepare()
        assert patches(prepared)
        with (both.scene.root / "d/m").open(how) as other:
            assert both.apply(prepared).kept == ()
            assert other.read() == OLD
        assert both.scene.tree() == both.after

    def test_a_file_that_is_mapped_for_writing_after_the_plan_keeps_its_writer(self, both):
        prepared = both.prepare()
        with (both.scene.root / "d/m").open("rb+") as other:
            mapped = mmap.mmap(other.fileno(), 0)
        mapped[3 * CUT : 3 * CUT + 6] = b"edited"
        (kept,) = both.apply(prepared).kept
        assert "m.kept-1" in kept.reason
        mapped[0:4] = b"more"
        mapped.close()
        held = (both.scene.root / "d/m.kept-1").read_bytes()
        assert held[3 * CUT : 3 * CUT + 6] == b"edited"
        assert held[:4] == b"more"
        assert (both.scene.root / "d/m").read_bytes() == NEW

    @pytest.mark.parametrize("where", [3 * CUT, 4 * CUT + 7])
    def test_an_edit_after_the_plan_is_kept(self, both, where):
        prepared = both.prepare()
        with (both.scene.root / "d/m").open("rb+") as other:
            other.seek(where)
            other.write(b"edited")
        assert len(both.apply(prepared).kept) == 1
        assert (both.scene.root / "d/m.kept-1").read_bytes()[where : where + 6] == b"edited"
        assert (both.scene.root / "d/m").read_bytes() == NEW

    def test_an_edit_that_left_no_trace_in_the_stat_is_seen_where_it_would_be_overwritten(self, both):
        prepared = both.prepare()
        path = both.scene.root / "d/m"
        with path.open("rb+") as other:
            other.seek(4 * CUT)
            other.write(b"edited")
        status = path.stat()
        look_, digest = both.scene.looks["d/m"]
        both.scene.looks["d/m"] = ((look_[0], status.st_mtime_ns, status.st_ctime_ns, *look_[3:]), digest)
        assert len(both.apply(prepared).kept) == 1
        assert (both.scene.root / "d/m.kept-1").read_bytes()[4 * CUT : 4 * CUT + 6] == b"edited"

    def test_what_others_find_at_the_path_is_never_a_mixture(self, both, monkeypatch):
        """Looked at from another process at every write: the path holds one of the two, or nothing."""
        path, seen = both.scene.root / "d/m", []
        pwrite, fchmod, fsync = os.pwrite, os.fchmod, os.fsync

        def looking(function):
            def look_first(*arguments):
                if path.exists():
                    seen.append(path.read_bytes() in {OLD, NEW})
                else:
                    seen.append(True)
                return function(*arguments)

            return look_first

        prepared = both.prepare()
        for name, function in (("pwrite", pwrite), ("fchmod", fchmod), ("fsync", fsync)):
            monkeypatch.setattr(os, name, looking(function))
        both.apply(prepared)
        assert len(seen) > 8
        assert all(seen)

    def test_who_opens_it_in_that_instant_waits_and_gets_one_of_the_two(self, both, monkeypatch):
        prepared = both.prepare()
        code = "import sys; data = open(sys.argv[1], 'rb').read(); sys.stdout.buffer.write(data)"
        others = []
        holds = both.scene.store.holds

        def meanwhile(*arguments):
            """With the lease held: another process opens the file, and has to wait."""
            other = subprocess.Popen(
                [sys.executable, "-c", code, str(both.scene.root / "d/m")], stdout=subprocess.PIPE
            )
            others.append(other)
            waiting = Path(f"/proc/{other.pid}/wchan")
            while "lease" not in waiting.read_text():
                assert other.poll() is None
            return holds(*arguments)

        monkeypatch.setattr(both.scene.store, "holds", meanwhile)
        both.apply(prepared)
        assert others[0].communicate(timeout=60)[0] in {OLD, NEW}
        assert both.scene.tree() == both.after

    def test_what_comes_to_the_path_meanwhile_is_put_beside_it(self, both, monkeypatch):
        prepared = both.prepare()
        path = both.scene.root / "d/m"
        patch_ = both.scene.store.patch

        def meanwhile(*arguments):
            path.write_bytes(b"appeared")
            patch_(*arguments)

        monkeypatch.setattr(both.scene.store, "patch", meanwhile)
        assert len(both.apply(prepared).kept) == 1
        assert (both.scene.root / "d/m.kept-1").read_bytes() == b"appeared"
        assert path.read_bytes() == NEW

    def test_what_is_exchanged_for_another_file_in_that_instant_is_not_written_into(self, both, monkeypatch):
        prepared = both.prepare()
        path = both.scene.root / "d/m"
        holds = both.scene.store.holds

        def meanwhile(*arguments):
            answer = holds(*arguments)
            (both.scene.root / "other").write_bytes(b"another file")
            (both.scene.root / "other").rename(path)
            return answer

        monkeypatch.setattr(both.scene.store, "holds", meanwhile)
        assert len(both.apply(prepared).kept) == 1
        assert (both.scene.root / "d/m.kept-1").read_bytes() == b"another file"
        assert path.read_bytes() == NEW

    def test_no_signal_reaches_the_process(self, both):
        """A lease that is broken tells its holder by a signal whose usual one ends the process."""
        path = both.scene.root / "d/m"
        fd = os.open(path, os.O_RDWR)
        assert lease.take_lease(fd)
        assert not lease.is_wanted(fd)
        other = threading.Thread(target=lambda: os.close(os.open(path, os.O_RDONLY)))
        other.start()
        while not lease.is_wanted(fd):
            assert other.is_alive()
        os.close(fd)
        other.join()
        assert signal.getsignal(signal.SIGURG) in {signal.SIG_DFL, signal.SIG_IGN}

    def test_no_lease_no_patch(self, both, monkeypatch):
        real = fcntl.fcntl

        def none(fd, command, *arguments):
            if command == fcntl.F_SETLEASE:
                raise OSError(errno.EINVAL, "no leases here")
            return real(fd, command, *arguments)

        monkeypatch.setattr(fcntl, "fcntl", none)
        assert patches(both.prepare()) == {}

    def test_a_lease_that_cannot_be_had_any_more(self, both, monkeypatch):
        prepared = both.prepare()
        monkeypatch.setattr(patching, "take_lease", lambda _: False)
        both.apply(prepared)
        assert both.scene.tree() == both.after

    def test_a_lease_that_others_want_is_given_up_before_anything_is_written(self, both, monkeypatch):
        prepared = both.prepare()
        monkeypatch.setattr(patching, "is_wanted", lambda _: True)
        both.apply(prepared)
        assert both.scene.tree() == both.after


class TestUndo:
    def test_a_restore_that_fails_at_the_head_changes_nothing(self, both):
        with pytest.raises(FileFailure):
            both.scene.journal.apply(both.prepare(), move_head=refuse_head(both.scene))
        assert both.scene.tree() == both.before
        assert both.scene.head == BEFORE
        assert both.scene.journal_names() == []

    def test_somebody_who_opened_the_new_file_keeps_it(self, both):
        prepared = both.prepare()
        opened = []

        def move(plain):
            if plain == AFTER:
                opened.append((both.scene.root / "d/m").open("rb"))
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            both.scene.journal.apply(prepared, move_head=move)
        assert opened[0].read() == NEW
        opened[0].close()
        assert both.scene.tree() == both.before

    def test_a_file_that_was_edited_since_is_left_alone(self, both):
        def move(plain):
            if plain == AFTER:
                (both.scene.root / "d/m").write_bytes(b"edited")
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            both.scene.journal.apply(both.prepare(), move_head=move)
        assert (both.scene.root / "d/m").read_bytes() == b"edited"

    def test_a_folder_that_is_gone_since(self, both):
        def move(plain):
            if plain == AFTER:
                (both.scene.root / "d/m").unlink()
                (both.scene.root / "d").rmdir()
                raise FileFailure("no head today")

        with pytest.raises(FileFailure):
            both.scene.journal.apply(both.prepare(), move_head=move)
        assert not (both.scene.root / "d").exists()

    def test_only_the_mode(self, scene):
        both = Both(scene, {"m": (OLD, 0o755)}, {"m": (OLD, 0o600)})
        with pytest.raises(FileFailure):
            scene.journal.apply(both.prepare(), move_head=refuse_head(scene))
        assert scene.tree() == both.before

    def test_a_cancel_at_any_moment_changes_nothing(self, both):
        for limit in range(100):
            calls = iter(range(limit))

            def cancel(*_, calls=calls):
                if next(calls, None) is None:
                    raise Cancelled("stopped")

            try:
                both.apply(both.prepare(restore_id=f"r{limit}"), progress=cancel)
            except Cancelled:
                assert both.scene.tree() == both.before
                assert both.scene.journal_names() == []
            else:
                break
        assert limit > 5
        assert both.scene.tree() == both.after

    @pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
    def test_a_write_that_fails_half_way_is_undone(self, both, monkeypatch, error):
        prepared = both.prepare()
        pwrite, calls = os.pwrite, iter(range(2))

        def failing(fd, data, offset):
            if next(calls, None) is None and not both.scene.tree().get("d/m"):
                monkeypatch.setattr(os, "pwrite", pwrite)
                pwrite(fd, data[: CUT // 3], offset)
                raise OSError(error, os.strerror(error))
            return pwrite(fd, data, offset)

        monkeypatch.setattr(os, "pwrite", failing)
        with pytest.raises(MlversionError) as caught:
            both.apply(prepared)
        assert isinstance(caught.value, DiskFull) == (error != errno.EIO)
        assert both.scene.tree() == both.before
        assert both.scene.journal_names() == []

    def test_a_damaged_chunk_is_found_and_all_undone(self, both, monkeypatch):
        prepared = both.prepare()
        reader = both.scene.store.reader
        chunk, calls = reader.chunk, iter(range(2))

        def damaged(*arguments):
            if next(calls, None) is None:
                monkeypatch.setattr(reader, "chunk", chunk)
                raise CorruptChunk("damaged")
            return chunk(*arguments)

        monkeypatch.setattr(reader, "chunk", damaged)
        with pytest.raises(CorruptChunk):
            both.apply(prepared)
        assert both.scene.tree() == both.before

    def test_what_could_not_be_brought_back_from_the_store_is_not_patched(self, both, monkeypatch):
        def damaged(*_):
            raise CorruptChunk("damaged")

        monkeypatch.setattr(both.scene.store, "check", damaged)
        assert patches(both.prepare()) == {}


class TestAfterAKill:
    """The states that a killed process leaves, one by one; tests/crash has the kills themselves."""

    def lift(self, both, prepared):
        step = next(step for step in prepared.record.steps if step.patch)
        old = prepared.folder / "old" / f"{step.number}.patch"
        (both.scene.root / step.path).rename(old)
        return step, old

    def torn(self, old):
        with old.open("rb+") as file:
            file.seek(CUT)
            file.write(NEW[CUT : CUT + 5000])
        old.chmod(0o600)

    def undoing(self, prepared):
        (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")

    @pytest.mark.parametrize("undo", [False, True])
    @pytest.mark.parametrize("torn", [False, True])
    def test_a_file_off_its_path_comes_back_whole(self, both, undo, torn):
        prepared = both.prepare()
        _, old = self.lift(both, prepared)
        if torn:
            self.torn(old)
        if undo:
            self.undoing(prepared)
        (sentence,) = Scene(both.scene.root).journal.recover(both.scene.move_head)
        assert ("undone" if undo else "finished") in sentence
        assert both.scene.tree() == (both.before if undo else both.after)
        assert both.scene.journal_names() == []

    @pytest.mark.parametrize("undo", [False, True])
    def test_what_somebody_wrote_into_it_is_put_aside(self, both, undo):
        prepared = both.prepare()
        _, old = self.lift(both, prepared)
        with old.open("rb+") as file:
            file.seek(3 * CUT)
            file.write(b"edited")
        if undo:
            self.undoing(prepared)
        both.scene.journal.recover(both.scene.move_head)
        assert (both.scene.root / "d/m").read_bytes() == (OLD if undo else NEW)
        assert (both.scene.root / "d/m.kept-1").read_bytes()[3 * CUT : 3 * CUT + 6] == b"edited"

    @pytest.mark.parametrize("undo", [False, True])
    def test_moved_but_not_looked_at(self, both, undo):
        prepared = both.prepare()
        step, old = self.lift(both, prepared)
        old.rename(prepared.folder / "old" / str(step.number))
        if undo:
            self.undoing(prepared)
        both.scene.journal.recover(both.scene.move_head)
        assert both.scene.tree() == (both.before if undo else both.after)

    @pytest.mark.parametrize("undo", [False, True])
    def test_done_already(self, both, undo):
        prepared = both.prepare()
        path = both.scene.root / "d/m"
        path.write_bytes(NEW)
        path.chmod(0o600)
        status = path.stat()
        if undo:
            self.undoing(prepared)
        both.scene.journal.recover(both.scene.move_head)
        if undo:
            assert both.scene.tree() == both.before
        else:
            assert path.read_bytes() == NEW
            assert path.stat().st_mtime_ns == status.st_mtime_ns, "it was not touched again"

    def test_not_begun(self, both):
        both.prepare()
        both.scene.looks = {}
        both.scene.journal.recover(both.scene.move_head)
        assert both.scene.tree() == both.after

    def test_a_file_made_anew_instead_but_not_put(self, both):
        prepared = both.prepare()
        step = next(step for step in prepared.record.steps if step.patch)
        new = prepared.folder / "new"
        (new / f"{step.number}.part").write_bytes(b"half of")
        both.scene.journal.recover(both.scene.move_head)
        assert both.scene.tree() == both.after

        prepared = both.scene.prepare(both.old, both.new)
        step = next(step for step in prepared.record.steps if step.patch)
        (prepared.folder / "new" / str(step.number)).write_bytes(OLD)
        (prepared.folder / "new" / str(step.number)).chmod(0o640)
        both.scene.journal.recover(both.scene.move_head)
        assert (both.scene.root / "d/m").read_bytes() == OLD

    @pytest.mark.parametrize("undo", [False, True])
    def test_with_the_folder_gone(self, both, undo):
        prepared = both.prepare()
        _, old = self.lift(both, prepared)
        self.torn(old)
        (both.scene.root / "d").rmdir()
        (both.scene.root / "d").write_text("now a file")
        if undo:
            self.undoing(prepared)
        both.scene.journal.recover(both.scene.move_head)
        assert (both.scene.root / "d").read_text() == "now a file"
        assert (both.scene.root / "m.kept-1").read_bytes() == OLD
        assert both.scene.head == BEFORE

    def test_while_somebody_has_it_open(self, both):
        both.prepare()
        with (both.scene.root / "d/m").open("rb") as reader:
            both.scene.journal.recover(both.scene.move_head)
            assert reader.read() == OLD
        assert both.scene.tree() == both.after

    @pytest.mark.parametrize(
        "damage",
        [
            lambda step: step["patch"].update(ranges=[[10, 5], [12, 5]]),
            lambda step: step["patch"].update(ranges=[[-1, 5]]),
            lambda step: step["patch"].update(ranges=[[0, 0]]),
            lambda step: step["patch"].update(ranges=[[0, 2**40]]),
            lambda step: step["patch"].update(old_mode=stat.S_IFLNK | 0o777),
            lambda step: step.update(expected=None),
            lambda step: step.update(fresh=None),
            lambda step: step.update(document=True),
        ],
    )
    def test_a_patch_that_cannot_be_trusted_is_set_aside(self, both, damage):
        folder = both.prepare().folder
        record = json.loads((folder / "switching.json").read_bytes())
        damage(next(step for step in record["steps"] if step["patch"]))
        (folder / "switching.json").write_text(json.dumps(record))
        (sentence,) = both.scene.journal.recover(both.scene.move_head)
        assert "set aside" in sentence
        assert both.scene.tree() == both.before

    def test_a_record_with_patches_says_so_by_its_format(self, both):
        folder = both.prepare().folder
        record = json.loads((folder / "switching.json").read_bytes())
        record["format"] = 1
        (folder / "switching.json").write_text(json.dumps(record))
        (sentence,) = both.scene.journal.recover(both.scene.move_head)
        assert "set aside" in sentence

    def test_a_record_of_before_there_were_patches_is_finished(self, scene, versions):
        old, new = versions({"a": b"1"}, {"a": b"2"})
        folder = scene.prepare(new, old).folder
        record = json.loads((folder / "switching.json").read_bytes())
        for step in record["steps"]:
            del step["patch"]
        (folder / "switching.json").write_text(json.dumps(record))
        (sentence,) = scene.journal.recover(scene.move_head)
        assert "finished" in sentence
        assert look(scene.root / "a")[3] == b"2"


def test_where_temporary_files_have_no_names(both, monkeypatch):
    monkeypatch.delattr(os, "O_TMPFILE")
    assert patches(both.prepare())
    assert patch._MOST_RANGES > 0


def test_too_many_ranges_are_no_patch(both, monkeypatch):
    monkeypatch.setattr(patch, "_MOST_RANGES", 1)
    assert patches(both.prepare()) == {}
