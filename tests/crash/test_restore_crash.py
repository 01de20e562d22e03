"""A restore is killed, or refused by the OS, at every call that changes names or makes them durable."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlversion.codec.json import dump
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.errors import FileFailure

PROGRAM = Path(__file__).with_name("restore_program.py")
_SPEC = importlib.util.spec_from_file_location("restore_program", PROGRAM)
program = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(program)
Scene = program.restore_scene.Scene
BEFORE, AFTER = program.restore_scene.BEFORE, program.restore_scene.AFTER

CALLS = "rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync,mkdir,mkdirat,rmdir,symlink,symlinkat"
OLD = {
    "model.pt": b"old" * 100_000,
    "run.sh": (b"same bytes", 0o755),
    "gone/deep/c": b"c",
    "link": "-> model.pt",
    "swap": b"a file",
    "unknown.txt": b"not ours",
    "a.txt": b"old",
}
NEW = {
    "model.pt": b"new" * 90_000,
    "run.sh": (b"same bytes", 0o644),
    "fresh/folder/f": b"",
    "link": "-> fresh",
    "swap/inside": b"in a folder now",
    "a.txt": b"new",
}
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def strike(jobs, fault, folder):
    """How the children that do the jobs ended, when `fault` strikes."""
    listed = folder / "jobs.json"
    listed.write_text(json.dumps(jobs))
    done = subprocess.run(
        [
            "strace",
            "-f",
            "-qq",
            "-o",
            os.devnull,
            "-e",
            f"trace={CALLS}",
            "-e",
            f"inject={CALLS}:{fault}:when={program.STRIKE}",
            sys.executable,
            str(PROGRAM),
            str(listed),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def calls_of(root, action, folder):
    """Every call that the action makes on a copy of the workspace, in order: its kind, and its number in that kind."""
    copy = folder / f"counted-{action}"
    shutil.copytree(root.parent, copy, symlinks=True)
    listed, log = folder / "count.json", folder / "count.txt"
    listed.write_text(
        json.dumps([{"root": str(copy / "workspace"), "action": action, "kind": "rmdir", "call": program.STRIKE}])
    )
    subprocess.run(
        ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={CALLS}", sys.executable, str(PROGRAM), str(listed)],
        check=True,
        capture_output=True,
        env=environment(),
    )
    counts, found = {}, []
    for kind in re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE):
        counts[kind] = counts.get(kind, 0) + 1
        found.append({"kind": kind, "call": counts[kind]})
    assert max(counts.values()) < program.STRIKE
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A workspace in the old state, with both states in its store."""
    folder = tmp_path_factory.mktemp("model")
    root = folder / "workspace"
    root.mkdir()
    scene = Scene(root)
    scene.fill(NEW)
    target, new = scene.capture(), scene.tree()
    scene.fill(OLD)
    current, old = scene.capture(skip={"unknown.txt"}), scene.tree()
    (root / ".mlversion" / "journal").mkdir()
    program.set_head(root, BEFORE)
    (folder / "target").write_bytes(dump(to_plain(target)))
    (folder / "current").write_bytes(dump(to_plain(current)))
    return root, old, new | {"unknown.txt": old["unknown.txt"]}


def copied(root, folder):
    """A copy of the workspace; the snapshots lie beside it."""
    shutil.copytree(root.parent, folder, symlinks=True)
    return folder / "workspace"


def state(root, old, new):
    """Whether the workspace is wholly old or wholly new, head included."""
    tree, head = Scene(root).tree(), (root / ".mlversion" / "head").read_text()
    if tree == old and head == BEFORE["version"]:
        return "old"
    if tree == new and head == AFTER["version"]:
        return "new"
    differing = {
        path for path in tree.keys() | old.keys() | new.keys() if not tree.get(path) == old.get(path) == new.get(path)
    }
    return f"mixed ({head[:1]}): " + str({path: str(tree.get(path))[:60] for path in differing})


def recover(root, **options):
    return Scene(root).journal.recover(lambda plain: program.set_head(root, plain), **options)


def struck(model, folder, action, fault):
    """For every call of the action a copy of the workspace that was struck there, in order, and how its child ended."""
    jobs = [
        {"root": str(copied(model[0], folder / str(number))), "action": action, **call}
        for number, call in enumerate(calls_of(model[0], action, folder))
    ]
    ends, talk = strike(jobs, fault, folder)
    assert 4 not in ends, talk
    return [(Path(job["root"]), end) for job, end in zip(jobs, ends, strict=True)]


@pytest.mark.parametrize("action", ["restore", "refused"])
def test_killed_at_any_call_it_is_wholly_old_or_wholly_new_after_recovery(model, tmp_path, action):
    outcomes = struck(model, tmp_path, action, "signal=KILL")
    assert {end for _, end in outcomes} == {-9}
    states = []
    for root, _ in outcomes:
        recover(root)
        states.append(state(root, *model[1:]))
        assert Scene(root).journal_names() == []
        assert recover(root) == []
    assert set(states) == {"old", "new"}, states
    if action == "restore":
        assert states == sorted(states, reverse=True), "there is one commit point"


@pytest.mark.parametrize("fault", ["error=EACCES", "error=ENOSPC"])
def test_refused_by_the_os_at_any_call_nothing_changed(model, tmp_path, fault):
    outcomes = struck(model, tmp_path, "restore", fault)
    ends = [end for _, end in outcomes]
    assert 3 in ends
    for number, (root, end) in enumerate(outcomes, 1):
        assert state(root, *model[1:]) == {3: "old", 0: "new"}[end], number
        recover(root)
        assert state(root, *model[1:]) == {3: "old", 0: "new"}[end], number
        assert Scene(root).journal_names() == []


def test_recovery_that_is_killed_at_any_call_is_finished_by_the_next(model, tmp_path):
    outcomes = struck(model, tmp_path, "restore", "signal=KILL")
    jobs = []
    for number, (root, _) in enumerate(outcomes[14::7]):
        for call in calls_of(root, "recover", tmp_path / str(number))[::2]:
            copy = tmp_path / f"again-{number}-{call['kind']}-{call['call']}"
            jobs.append({"root": str(copied(root, copy)), "action": "recover", **call})
    ends, talk = strike(jobs, "signal=KILL", tmp_path)
    assert set(ends) == {-9}, talk
    for job in jobs:
        root = Path(job["root"])
        recover(root)
        assert state(root, *model[1:]) in {"old", "new"}, job
        assert Scene(root).journal_names() == []


def test_killed_with_an_open_document_the_bytes_are_written_by_recovery(model, tmp_path):
    outcomes = struck(model, tmp_path, "documents", "signal=KILL")
    for root, end in outcomes:
        assert end == -9
        recover(root)  # the child is dead, so its document is overdue
        assert state(root, *model[1:]) in {"old", "new"}
        assert Scene(root).journal_names() == []
    assert state(root, *model[1:]) == "new"


def test_what_cannot_be_undone_at_once_is_undone_by_the_next_command(model, tmp_path):
    root = copied(model[0], tmp_path / "copy")
    scene = Scene(root)
    with pytest.MonkeyPatch.context() as patch:
        from jupyter_mlversion.restore import switch

        patch.setattr(switch.Switch, "back", refuse)
        with pytest.raises(FileFailure, match="could not be undone yet"):
            scene.journal.apply(prepared(scene), move_head=refuse_head)
    assert [item.phase for item in scene.journal.pending()] == ["undoing"]
    assert recover(root)
    assert scene.journal.pending() == []
    assert state(root, *model[1:]) == "old"


def refuse(_self):
    raise FileFailure("not now")


def refuse_head(plain):
    if plain == AFTER:
        raise FileFailure("no head today")


def prepared(scene):
    from jupyter_mlversion.codec.json import load
    from jupyter_mlversion.codec.record import from_plain
    from jupyter_mlversion.domain.snapshot import Snapshot

    target, current = (
        from_plain(Snapshot, load((scene.root.parent / name).read_bytes())) for name in ("target", "current")
    )
    return scene.prepare(target, current)
