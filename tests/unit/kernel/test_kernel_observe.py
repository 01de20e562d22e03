"""The signals of which files are used, one by one."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import time
import types

import pytest

from jupyter_mlversion.kernel.observe import Observer, watch
from jupyter_mlversion.kernel.observe.audit import Audit
from jupyter_mlversion.kernel.observe.marks import STAGED, STAGING, Marks
from jupyter_mlversion.kernel.observe.native import Native
from jupyter_mlversion.kernel.observe.places import Places
from jupyter_mlversion.kernel.observe.readers import HOOKS, Hook
from jupyter_mlversion.kernel.observe.sightings import READ, WRITTEN, Sightings


def elsewhere(root, script):
    """Another process does something in the workspace."""
    subprocess.run(["sh", "-c", script], check=True, cwd=root, stdout=subprocess.DEVNULL)


def everything(folder, names):
    return False


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def marks_folder(tmp_path):
    return tmp_path / "marks"


@pytest.fixture
def sightings(root):
    return Sightings((f"{root}/",))


@pytest.fixture
def audited(sightings):
    audit = Audit(sightings)
    audit.start()
    yield sightings
    audit.stop()


def test_python_opens_are_noted_with_their_access(audited, root):
    path = root / "a"
    path.write_text("1")
    assert audited.written == {str(path)}
    path.read_text()
    assert audited.read == {str(path)}
    with open(root / "b", "w+b"), open(root / "c", "a"), open(path, "r+"):
        pass
    assert audited.written == {str(root / name) for name in "abc"}
    assert audited.read == {str(path)}


def test_names_of_all_kinds_are_noted(audited, root, monkeypatch):
    monkeypatch.chdir(root)
    open("relative", "w").close()
    os.close(os.open(b"bytes", os.O_CREAT | os.O_WRONLY))
    os.mkdir("sub")
    open("sub/../dotted", "w").close()
    monkeypatch.chdir(root / "sub")
    open("../climbed", "w").close()
    os.rename("../climbed", "moved")
    assert {os.path.relpath(path, root) for path in audited.written} == {
        "relative", "bytes", "dotted", "climbed", "sub/moved",
    }


def test_what_is_outside_or_no_file_is_not_noted(audited, root, tmp_path):
    (tmp_path / "outside").write_text("1")
    (tmp_path / "root2").write_text("1")
    (root / ".." / "above").write_text("1")
    reading, writing = os.pipe()
    with open(reading), open(writing, "w"):
        pass
    with pytest.raises(TypeError):
        open(object())  # noqa: SIM115 - it never opens
    assert audited.read | audited.written == set()


def test_a_stopped_audit_notes_nothing(sightings, root):
    audit = Audit(sightings)
    audit.start()
    audit.stop()
    (root / "a").write_text("1")
    assert sightings.written == set()


def test_places_follow_links_and_name_them(root, tmp_path):
    (root / "data").mkdir()
    (root / "data" / "x.csv").write_text("1")
    (root / "latest").symlink_to("data")
    (root / "file_link").symlink_to("data/x.csv")
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "y.csv").write_text("1")
    (root / "outside").symlink_to(tmp_path / "big")
    (tmp_path / "alias").symlink_to(root)
    places = Places(root)
    assert set(places.named(f"{root}/data/x.csv")) == {"data/x.csv"}
    assert set(places.named(f"{root}/latest/x.csv")) == {"latest", "data/x.csv"}
    assert set(places.named(f"{root}/file_link")) == {"file_link", "data/x.csv"}
    assert set(places.named(f"{root}/outside/y.csv")) == {"outside"}
    assert set(places.named(f"{root}/gone")) == set()
    assert set(places.named(f"{root}/data")) == set()
    through_link = Places(tmp_path / "alias")
    assert set(through_link.named(f"{tmp_path}/alias/data/x.csv")) == {"data/x.csv"}
    assert set(through_link.named(f"{root}/data/x.csv")) == {"data/x.csv"}


@pytest.fixture
def observer(root, marks_folder):
    observer = Observer(root, "one", everything, marks_folder)
    observer.start()
    yield observer
    observer.stop()


def nothing(since):
    pytest.fail("looked through the workspace although every event is known")


def test_other_processes_are_seen_while_a_cell_runs(observer, root):
    elsewhere(root, "echo > in")
    observer.begin()
    elsewhere(root, "cat in > out; mkdir -p deep/er; cp in deep/er/copy")
    observer.end()
    elsewhere(root, "cat in > later")
    observer.begin()
    observer.end()
    assert observer.seen(nothing) == {"in": "read", "out": "written", "deep/er/copy": "written"}


def test_a_file_that_stays_open_is_seen(observer, root):
    elsewhere(root, "echo > mapped")
    observer.begin()
    with subprocess.Popen([sys.executable, "-c", "f = open('mapped'); print(1, flush=True); input()"], cwd=root,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert observer.seen(nothing) == {"mapped": "read"}
        observer.end()
        process.communicate(b"\n")
    observer.begin()
    assert observer.seen(nothing) == {"mapped": "read"}


def test_pruned_folders_are_not_watched(root, marks_folder):
    (root / "venv").mkdir()
    observer = Observer(root, "one", lambda folder, names: folder == "venv", marks_folder)
    observer.start()
    observer.begin()
    elsewhere(root, "echo > venv/x; echo > y")
    observer.end()
    assert set(observer.seen(nothing)) == {"y"}
    observer.stop()


def test_too_many_folders_are_looked_through_instead(root, marks_folder, monkeypatch):
    monkeypatch.setattr(watch, "MOST_FOLDERS", 3)
    for number in range(5):
        (root / str(number)).mkdir()
    observer = Observer(root, "one", everything, marks_folder)
    observer.start()
    observer.begin()
    elsewhere(root, "echo > 4/x")
    observer.end()
    assert observer.seen(lambda since: ["4/x"]) == {"4/x": "written"}
    observer.stop()


def test_a_file_changed_between_cells_is_not_taken_when_looking_through(root, tmp_path):
    (tmp_path / "file").write_text("")
    observer = Observer(root, "one", everything, tmp_path / "file")
    observer.start()
    observer.begin()
    observer.end()
    moment = os.stat(root).st_ctime_ns
    while moment + 50_000_000 > time.time_ns():  # beyond the slack for the clock of file times
        os.sched_yield()
    elsewhere(root, "echo > by_hand")
    assert observer.seen(lambda since: ["by_hand"]) == {}
    observer.stop()


def test_without_a_folder_for_marks_it_still_works(root, tmp_path):
    (tmp_path / "file").write_text("")
    observer = Observer(root, "one", everything, tmp_path / "file")
    observer.start()
    observer.begin()
    elsewhere(root, "echo > x")
    observer.end()
    assert observer.seen(lambda since: ["x"]) == {"x": "written"}
    observer.stop()


def test_what_another_live_kernel_opened_itself_is_its_own(observer, root, marks_folder):
    other = Marks(root, "two", marks_folder)
    other.claim({f"{root}/theirs"})
    observer.begin()
    elsewhere(root, "echo > theirs; echo > ours")
    observer.end()
    assert set(observer.seen(nothing)) == {"ours"}
    with open(root / "theirs") as file:  # now we use it, too
        file.read()
    assert set(observer.seen(nothing)) == {"ours", "theirs"}
    other.close()


def test_what_another_kernel_reads_to_store_it_is_not_ours(observer, root, marks_folder):
    other = Marks(root, "two", marks_folder)
    elsewhere(root, "echo > theirs")
    observer.begin()
    other.mark(STAGING)
    elsewhere(root, "cat theirs")
    other.mark(STAGED)
    assert observer.seen(nothing) == {}
    observer.end()
    other.close()


def test_our_own_reading_while_staging_does_not_count(observer, root):
    elsewhere(root, "echo > x")
    observer.begin()
    with observer.staging():
        (root / "x").read_text()
    observer.end()
    assert observer.seen(nothing) == {}


def test_a_dead_kernels_claims_do_not_count(root, marks_folder):
    code = f"""
from pathlib import Path
from jupyter_mlversion.kernel.observe.marks import Marks
Marks(Path({str(root)!r}), "dead", Path({str(marks_folder)!r})).claim({{"/x"}})
import os; os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    marks = Marks(root, "one", marks_folder)
    assert marks.claimed_by_others() == set()
    assert [path.name for path in marks.folder.iterdir()] == ["one.claims"]
    assert marks.is_live("one")
    assert not marks.is_live("dead")
    marks.close()


@pytest.fixture
def fake_module(monkeypatch, tmp_path):
    """A module with a reader and a writer as native code has them, and hooks for it."""
    (tmp_path / "native_reader.py").write_text('''
def load(path, *, fast=False):
    """Loads."""
    if path == "bad":
        raise ValueError(path)
    return path

class Model:
    def save(self, path="default", mode="r"):
        return path
''')
    monkeypatch.setitem(HOOKS, "native_reader", (
        Hook("load", 0, "path"), Hook("Model.save", 1, "path", mode=(2, "mode", "r")), Hook("absent", 0, "x"),
    ))
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("native_reader", None)


@pytest.mark.parametrize("before", [True, False])
def test_native_readers_are_hooked_when_imported(fake_module, before):
    noted = []
    if before:
        import native_reader
    native = Native(lambda path, how: noted.append((path, how)))
    native.start()
    import native_reader

    assert native_reader.load("a", fast=True) == "a"
    assert native_reader.load(path="b") == "b"
    with pytest.raises(ValueError, match="bad"):
        native_reader.load("bad")
    assert native_reader.Model().save("c", "w") == "c"
    assert native_reader.Model().save("d", mode="a") == "d"
    native_reader.load(5)
    native_reader.load(["e", "f"])
    assert noted == [("a", READ), ("b", READ), ("c", WRITTEN), ("d", READ | WRITTEN), ("e", READ), ("f", READ)]
    assert native_reader.load.__doc__ == "Loads."
    assert list(inspect.signature(native_reader.load).parameters) == ["path", "fast"]
    native.stop()
    native_reader.load("g")
    assert len(noted) == 6


def test_a_broken_note_never_breaks_the_call(fake_module):
    def broken(path, how):
        raise RuntimeError

    native = Native(broken)
    native.start()
    import native_reader

    assert isinstance(native_reader, types.ModuleType)
    assert native_reader.load("a") == "a"
    native.stop()


def test_folders_and_patterns_name_their_files(fake_module, root):
    noted = []
    native = Native(lambda path, how: noted.append(path))
    native.start()
    import native_reader

    for name in ("b.txt", "a.csv", "c.csv"):
        (root / name).write_text("1")
    native_reader.load(str(root))
    native_reader.load(f"{root}/*.csv")
    native.stop()
    assert sorted(noted) == sorted([f"{root}/{name}" for name in ("a.csv", "b.txt", "c.csv", "a.csv", "c.csv")])
