"""Many versions, many writers, and damage."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Head, Trigger, Version
from jupyter_mlversion.errors import CorruptHistory, DiskFull, Moved, UnknownVersion
from jupyter_mlversion.history import Git, History, upkeep


def append(history, line="l1", key="k", branch="main", trigger=Trigger.CLI):
    head = history.head(line)
    draft = Version("", "", line, branch, (head.version,) if head.version else (), key, "A <a@b>", datetime.now(UTC),
                    None, "", trigger, Document.NONE)
    files = Snapshot((Artifact("x/y", Role.DATA, Access.READ, None, len(key), 0, 0),))
    return history.append(draft, files, key=key, equality="e", head=head).id


@pytest.fixture
def processes(monkeypatch):
    """The subcommands that are run."""
    seen = []
    start = Git._start

    def counted(self, command):
        words = command[command.index("git") + 1:]
        seen.append(next(word for word in words if not word.startswith("-") and "=" not in word))
        return start(self, command)

    monkeypatch.setattr(Git, "_start", counted)
    return seen


def test_adding_does_not_become_more_work(history, processes):
    """300 versions: each the same few processes, now and then packing; files stay few."""
    append(history)
    for number in range(300):
        processes.clear()
        append(history, key=f"k{number}")
        usual = [name for name in processes if name not in ("repack", "pack-refs")]
        assert usual == ["fast-import", "update-ref", "cat-file"]
        files = sum(len(names) for _, _, names in os.walk(history.git_dir))
        assert files < 2 * upkeep.PACKS + 30
    assert len(history.reachable(history.refs().values())) == 301
    assert history.verify() == []


def test_refs_stay_few_files(history):
    append(history)
    for number in range(2 * upkeep.PACKS):
        append(history, key=f"k{number}", trigger=Trigger.SAFETY)
    assert len(list((history.git_dir / "refs" / "safety").rglob("*"))) <= upkeep.PACKS + 3
    assert len(history.refs()) == 2 * upkeep.PACKS + 1


def test_all_entries_by_one_process(history, processes):
    ids = [append(history, key=f"k{number}") for number in range(600 // 20)]
    processes.clear()
    entries = list(history.entries(ids * 20))
    assert [entry.version.id for entry in entries] == ids * 20
    assert processes == ["cat-file"]


def keep_appending(git_dir, line, name, count, barrier):
    history = History(git_dir)
    barrier.wait()
    done, moved = 0, 0
    while done < count:
        try:
            append(history, line, key=f"{name}-{done}")
            done += 1
        except Moved:
            moved += 1


@pytest.mark.parametrize("lines", [("l1", "l2"), ("l1", "l1")])
def test_two_processes_at_once_lose_nothing(history, lines):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    workers = [context.Process(target=keep_appending, args=(history.git_dir, line, f"w{number}", 15, barrier))
               for number, line in enumerate(lines)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    for line in set(lines):
        chain = history.reachable([history.head(line).version])
        keys = [history.key_of(id_) for id_ in reversed(chain)]
        expected = {f"w{number}-{index}" for number, own in enumerate(lines) if own == line for index in range(15)}
        assert sorted(keys) == sorted(expected)
        for number in range(2):
            own = [key for key in keys if key.startswith(f"w{number}-")]
            assert own == sorted(own, key=lambda key: int(key.split("-")[1]))
    assert history.verify() == []


def test_threads_at_once_lose_nothing(history):
    errors = []

    def work(line):
        try:
            for number in range(8):
                append(history, line, key=f"{line}-{number}")
        except Exception as error:  # noqa: BLE001 - any is a failure, and must be seen in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"l{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {line: len(history.reachable([head.version])) for line, head in history.heads().items()} == {
        "l0": 8, "l1": 8, "l2": 8}


def break_packs(git_dir: Path) -> None:
    """Flips the bytes in the middle of every pack."""
    for pack in (git_dir / "objects" / "pack").glob("*.pack"):
        data = bytearray(pack.read_bytes())
        middle = len(data) // 2
        data[middle:middle + 8] = bytes(byte ^ 0xFF for byte in data[middle:middle + 8])
        pack.chmod(0o644)
        pack.write_bytes(data)


def test_flipped_bytes_are_found(history):
    id_ = append(history)
    break_packs(history.git_dir)
    found = history.verify()
    assert found
    assert {damage.kind for damage in found} == {"history"}
    with pytest.raises((CorruptHistory, UnknownVersion)):
        history.snapshot(id_)


def test_a_missing_pack_is_found(history):
    id_ = append(history)
    for path in (history.git_dir / "objects" / "pack").iterdir():
        path.unlink()
    assert any(id_ in damage.detail for damage in history.verify())


def commit_tree(history, files):
    """A commit of hand-made files on a branch."""
    from jupyter_mlversion.history.refs import Transaction
    from jupyter_mlversion.history.writer import Writer

    writer = Writer()
    writer.commit(author=("A", ""), seconds=1, message=b"m\n\nMlversion-Key: k\n", parents=[], files=files.items())
    id_, = writer.write(Git.of(history.git_dir))
    transaction = Transaction()
    transaction.put("refs/heads/l9/main", id_)
    transaction.commit(Git.of(history.git_dir))
    return id_


WHOLE = {b"version.json": b'{"format":1,"line":"l9","branch":"main","notebook":null,"cell_id":"","trigger":"cli",'
         b'"document":"none","metrics":{},"params":{},"counts":{"artifacts":0,"added":0,"modified":0,"removed":0},'
         b'"bytes_new":0,"seconds":0.0,"time":"2026-01-02T03:04:05Z","key":"k","equality":"e"}',
         b"runs.json": b"[]", b"splits.json": b"[]",
         b"environment.json": b"{}", b"code.json": b"{}"}
ROW = b'[{"name":"%s","role":"data","access":"read","digest":null,"size":1,"mode":1,"mtime_ns":1}]'


@pytest.mark.parametrize("change", [
    {b"version.json": b"{"}, {b"version.json": b"{}"}, {b"version.json": b"[]"}, {b"version.json": None},
    {b"version.json": WHOLE[b"version.json"].replace(b'"format":1', b'"format":2')}, {b"runs.json": b"{}"},
    {b"runs.json": None}, {b"code.json": b"nothing"}, {b"environment.json": b'{"packages":3}'},
    {b"artifacts/files.json": ROW % b"../../etc/passwd"}, {b"artifacts/files.json": ROW % b".."},
    {b"artifacts/in/%2E%2E/files.json": ROW % b"x"}, {b"artifacts/in/a%2Fb/in/%2E%2E/files.json": ROW % b"x"},
    {b"artifacts/files.json": b'[{"name":3}]'}, {b"artifacts/other.json": b"[]"}, {b"artifacts/files.json": b"3"},
    {b"outside.json": b"null"}])
def test_what_is_no_version_is_named(history, change):
    good = append(history)
    files = {path: data for path, data in {**WHOLE, **change}.items() if data is not None}
    bad = commit_tree(history, files)
    with pytest.raises(CorruptHistory, match=bad[:8]):
        (history.read(bad), history.snapshot(bad))
    assert [damage.versions for damage in history.verify()] == [(bad,)]
    assert history.read(good).id == good


def test_the_hand_made_one_is_a_version_when_nothing_is_changed(history):
    assert history.read(commit_tree(history, WHOLE)).line == "l9"
    assert history.verify() == []


def test_a_line_that_cannot_be_read_is_found(history):
    append(history)
    blob = subprocess.run(["git", "--git-dir", history.git_dir, "hash-object", "-w", "--stdin"], input=b"{}",
                          check=True, capture_output=True).stdout.decode().strip()
    subprocess.run(["git", "--git-dir", history.git_dir, "update-ref", "refs/lines/l1", blob], check=True)
    with pytest.raises(CorruptHistory):
        history.head("l1")
    assert len(history.verify()) == 1


def test_leftovers_go_and_nothing_else(history):
    id_ = append(history, branch="tmp_x")
    packs = history.git_dir / "objects" / "pack"
    left = [packs / "tmp_pack_abc", packs / ".tmp-12-pack-abc.pack", packs / "pack-12.keep", packs / "pack-99.pack",
            history.git_dir / "packed-refs.lock", history.git_dir / "refs" / "heads" / "l1" / "tmp_x.lock",
            history.git_dir / "fast_import_crash_1"]
    for path in left:
        path.write_bytes(b"fast-import\n")
    mine = packs / "pack-13.keep"
    mine.write_bytes(b"kept by hand\n")
    (history.git_dir.parent / "history.git.new-abc" / "refs").mkdir(parents=True)
    history.recover()
    assert [path for path in left if path.exists()] == []
    assert mine.exists()
    assert not (history.git_dir.parent / "history.git.new-abc").exists()
    assert history.branches("l1") == {"tmp_x": id_}
    assert history.verify() == []


def test_a_lock_of_a_killed_process_is_no_obstacle(history):
    append(history)
    (history.git_dir / "refs" / "heads" / "l1" / "main.lock").touch()
    (history.git_dir / "refs" / "lines" / "l1.lock").touch()
    append(history)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_full_disk_says_so_and_nothing_is_added(history, call, tmp_path, monkeypatch):
    first = append(history)
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    real = shutil.which("git")
    program.write_text(f'#!/bin/sh\ncase " $* " in *" fast-import "*)\n'
                       f'exec strace -o /dev/null -e trace={call} -e inject={call}:error=ENOSPC:when=1 {real} "$@";;\n'
                       f'esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with pytest.raises(DiskFull):
        append(history)
    monkeypatch.undo()
    assert history.head("l1") == Head("l1", "main", first)
    left = [path.name for path in history.git_dir.rglob("*") if "tmp_" in path.name or "crash" in path.name]
    assert left == []
    append(history)
    assert history.verify() == []
