"""The index says what the history says, whatever happens to its file."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.errors import Busy, FileFailure, UnknownVersion
from jupyter_mlversion.history import Git, History
from jupyter_mlversion.index import Index, Outcome, nodes

START = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def history(tmp_path):
    folder = tmp_path / ".mlversion"
    folder.mkdir()
    history = History(folder / "history.git")
    history.create()
    return history


@pytest.fixture
def index(history):
    return Index(history.git_dir.parent / "index.sqlite")


def append(history, line="l1", minutes=0, key="k", **changes):
    head = history.head(line)
    draft = Version("", "", line, "main", (head.version,) if head.version else (), key, "A",
                    START + timedelta(minutes=minutes), "n.ipynb", "c",
                    Trigger.CLI, Document.LIVE, {"loss": float("inf")}, {"a": 1})
    return history.append(replace(draft, **changes), Snapshot(), key=key, equality="e", head=head)


@pytest.fixture
def versions(history):
    """Five of two lines, two of them at once, one of them for safety; newest first."""
    a = append(history, "l1", 0, "a")
    b = append(history, "l2", 5, "b")
    c = append(history, "l1", 3, "c")
    d = append(history, "l1", 3, "d")
    e = append(history, "l1", 9, "e", trigger=Trigger.SAFETY)
    history.tag("best", c.id)
    history.say([a.id], labels=("first",))
    return [e, b, d, replace(c, tags=("best",)), replace(a, labels=("first",))]


def everything(index):
    return index.log(), [index.log(line="l1", limit=2), index.log(line="l1", safety=False), index.log(line="none")], [
        index.outcome(key) for key in "abcdex"]


def expected(versions):
    e, b, d, c, a = versions
    outcomes = [Outcome(version.id) for version in (a, b, c, d, e)]
    return versions, [[e, d], [d, c, a], []], [*outcomes, None]


def test_the_log_is_in_order(history, index, versions):
    index.refresh(history)
    assert everything(index) == expected(versions)


def test_pages(history, index, versions):
    index.refresh(history)
    pages, before = [], None
    while page := index.log(limit=2, before=before):
        pages.append(page)
        before = page[-1].id
    assert pages == [versions[:2], versions[2:4], versions[4:]]
    assert index.log(line="l1", safety=False, before=versions[2].id) == versions[3:]
    with pytest.raises(UnknownVersion):
        index.log(before="0" * 40)


def test_one_version(history, index, versions):
    index.refresh(history)
    assert index.version(versions[3].id) == versions[3] == history.read(versions[3].id)
    assert index.version("0" * 40) is None


def test_children_come_before_parents_though_the_clock_stood_still(history, index):
    made = [append(history, minutes=1, key=f"{number}") for number in range(12)]
    index.refresh(history)
    assert index.log() == made[::-1]


def test_the_order_does_not_depend_on_when_it_was_learnt(history, index, tmp_path):
    for number in range(6):
        append(history, f"l{number % 3}", key=f"{number}")
        index.refresh(history)
    fresh = Index(tmp_path / "other.sqlite")
    fresh.refresh(history)
    assert index.log() == fresh.log()


def remove(path):
    path.unlink()


def rubbish(path):
    path.write_bytes(b"rubbish " * 1000)


def empty(path):
    path.write_bytes(b"")


def flip(path):
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page:page + 64] = b"\xa5" * 64
    path.write_bytes(data)


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def foreign(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE versions (id TEXT)")


def older(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 0")


def newer(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")


def dropped(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE annotations")


def unreadable_rows(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE versions SET record = '{'")


@pytest.mark.parametrize("harm", [remove, rubbish, empty, flip, truncate, foreign, older, newer, dropped,
                                  unreadable_rows])
@pytest.mark.parametrize("using", ["closed", "open"])
def test_a_broken_file_changes_no_answer(history, index, versions, harm, using):
    index.refresh(history)
    assert everything(index) == expected(versions)
    path = history.git_dir.parent / "index.sqlite"
    if using == "closed":
        index.close()
    elif harm is not remove:
        index._database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        if using == "closed":
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    harm(path)
    index.refresh(history)
    assert everything(index) == expected(versions)
    fresh = Index(path)
    fresh.refresh(history)
    assert everything(fresh) == expected(versions)
    index.settle("x", None)
    assert (index.outcome("x"), fresh.outcome("x")) == (Outcome(None), Outcome(None))


def test_a_file_deleted_under_an_open_index_is_filled_again(history, index, versions):
    index.refresh(history)
    (history.git_dir.parent / "index.sqlite").unlink()
    assert index.log() == versions
    rubbish(history.git_dir.parent / "index.sqlite")
    assert index.version(versions[0].id) == versions[0]


def test_refresh_starts_no_process_when_nothing_happened(history, index, versions, monkeypatch):
    index.refresh(history)
    seen = []
    start = Git._start
    monkeypatch.setattr(Git, "_start", lambda self, command: seen.append(command) or start(self, command))
    index.refresh(history)
    assert seen == []


def test_refresh_starts_no_process_for_what_the_index_was_told(history, index, versions, monkeypatch):
    index.refresh(history)
    told = [append(history, "l1", 20 + number, f"f{number}") for number in range(3)]
    for entry in history.entries([version.id for version in told]):
        index.add(entry)
    index.said(history.say([told[1].id, versions[0].id], labels=("good",), starred=True))
    index.said(history.say([told[1].id], hidden=True))
    assert history.say([told[1].id], hidden=True) is None
    seen = []
    start = Git._start
    monkeypatch.setattr(Git, "_start", lambda self, command: seen.append(command) or start(self, command))
    index.refresh(history)
    assert seen == []
    found = index.log(hidden=True)
    index.said(history.say([told[2].id], note="read by nobody else"))
    seen.clear()
    index.refresh(history)
    assert seen == []
    assert [version.note for version in index.log(limit=1)] == ["read by nobody else"]
    history.say([told[2].id], note="")
    index.refresh(history)
    fresh = Index(history.git_dir.parent / "fresh.sqlite")
    fresh.refresh(history)
    assert index.log(hidden=True) == fresh.log(hidden=True) == found


def test_what_was_said_before_the_index_knew_is_left_to_refresh(history, index, versions):
    history.say([versions[0].id], labels=("first",))
    index.refresh(history)
    history.say([versions[1].id], note="not told")
    index.said(history.say([versions[0].id], labels=("second",)))
    index.refresh(history)
    said = {version.id: (version.labels, version.note) for version in index.log()}
    assert said[versions[0].id] == (("second",), "")
    assert said[versions[1].id] == ((), "not told")


def test_a_way_that_is_too_long_is_found_by_git(history, index, versions, monkeypatch):
    monkeypatch.setattr(nodes, "_FEW", 2)
    index.refresh(history)
    made = [append(history, "l1", 20 + number, f"f{number}") for number in range(4)]
    for entry in history.entries([version.id for version in made]):
        index.add(entry)
    index.refresh(history)
    assert index.log(limit=4) == made[::-1]
    git = ["git", "--git-dir", str(history.git_dir), "update-ref"]
    subprocess.run([*git, "refs/heads/l1/main", made[0].id], check=True)
    index.refresh(history)
    assert index.log(limit=2) == [made[0], versions[0]]


def test_refresh_follows_the_history(history, index, versions):
    index.refresh(history)
    f = append(history, "l1", 20, "f")
    history.tag("newest", f.id)
    history.say([f.id], labels=("good",))
    index.refresh(history)
    assert index.log(limit=1) == [replace(f, tags=("newest",), labels=("good",))]
    git = ["git", "--git-dir", str(history.git_dir), "update-ref"]
    subprocess.run([*git, "refs/heads/l1/main", versions[2].id], check=True)
    subprocess.run([*git, "-d", "refs/tags/newest"], check=True)
    subprocess.run([*git, "-d", f"refs/safety/l1/{versions[0].id}"], check=True)
    index.refresh(history)
    assert index.log() == versions[1:]
    assert index.outcome("f") is None


def test_a_history_that_was_replaced_is_read_anew(history, index, versions, tmp_path):
    index.refresh(history)
    (tmp_path / "b" / ".mlversion").mkdir(parents=True)
    other = History(tmp_path / "b" / ".mlversion" / "history.git")
    other.create()
    only = append(other, "l5", key="only")
    index.refresh(other)
    assert index.log() == [only]
    assert index.outcome("a") is None


def test_add_is_what_refresh_would_do(history, index, versions):
    index.refresh(history)
    f = append(history, "l1", 20, "f")
    index.add(next(history.entries([f.id])))
    assert index.log(limit=1) == [f]
    assert index.outcome("f") == Outcome(f.id)
    index.refresh(history)
    assert index.log() == [f, *versions]


def test_add_leaves_to_refresh_what_has_unknown_parents(history, index, versions):
    index.add(next(history.entries([versions[2].id])))
    assert index.log() == []
    index.refresh(history)
    assert index.log() == versions


def test_outcomes(index):
    assert index.outcome("k") is None
    index.settle("k", None)
    index.settle("odd \udcff key", "1" * 40)
    assert index.outcome("k") == Outcome(None)
    assert index.outcome("odd \udcff key") == Outcome("1" * 40)
    index.settle("k", "2" * 40)
    assert index.outcome("k") == Outcome("2" * 40)


def test_threads_share_one_index(history, index, versions):
    index.refresh(history)
    wrong = []

    def ask(number):
        for turn in range(20):
            index.settle(f"{number}-{turn}", None)
            if everything(index) != expected(versions) or index.outcome(f"{number}-{turn}") != Outcome(None):
                wrong.append((number, turn))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def ask_in_child(index, versions, answers):
    index.settle("child", None)
    answers.put(everything(index) == expected(versions))


def test_after_a_fork_both_go_on(history, index, versions):
    index.refresh(history)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=ask_in_child, args=(index, versions, answers))
    child.start()
    assert answers.get(timeout=60)
    child.join()
    assert child.exitcode == 0
    assert everything(index) == expected(versions)
    assert index.outcome("child") == Outcome(None)


def refresh_in_process(folder, barrier, number):
    index, history = Index(folder / "index.sqlite"), History(folder / "history.git")
    barrier.wait()
    for turn in range(5):
        index.refresh(history)
        index.settle(f"{number}-{turn}", None)
        if number == 0:
            (folder / "index.sqlite").unlink(missing_ok=True)


def test_processes_at_once_while_one_deletes_the_file(history, index, versions):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    workers = [context.Process(target=refresh_in_process, args=(history.git_dir.parent, barrier, number))
               for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    index.refresh(history)
    assert everything(index) == expected(versions)


def open_in_process(folder, barrier):
    for number in range(40):
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        barrier.wait(timeout=60)
        Index(place / "index.sqlite").settle("k", None)


def test_processes_that_make_an_index_at_once_wait_for_each_other(tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    workers = [context.Process(target=open_in_process, args=(tmp_path, barrier)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4


def test_an_index_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "index.sqlite").mkdir()
    with pytest.raises(FileFailure):
        Index(tmp_path / "index.sqlite").log()
    with pytest.raises(FileFailure):
        Index(tmp_path / "none" / "index.sqlite").log()


def test_a_lock_that_stays_says_busy(index, monkeypatch):
    monkeypatch.setattr("jupyter_mlversion.index.database._WAIT", 0.05)
    index.settle("k", None)
    index.close()
    holder = sqlite3.connect(index._database._path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        index.settle("k", None)
    assert index.outcome("k") == Outcome(None)
    holder.close()


def test_an_empty_history(tmp_path):
    folder = tmp_path / ".mlversion"
    folder.mkdir()
    index, history = Index(folder / "index.sqlite"), History(folder / "history.git")
    index.refresh(history)
    assert index.log() == []
    assert history.head("l1") == Head("l1", "main", None)
