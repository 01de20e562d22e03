"""A restore that patches files is killed, or refused by the OS, at every call that changes anything."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from jupyter_mlversion.codec.json import dump
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.store.plan import Cut

_SPEC = importlib.util.spec_from_file_location("restore_crash", Path(__file__).with_name("test_restore_crash.py"))
crash = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(crash)

CUT = 64 * 1024
CALLS = "rename,renameat2,unlink,unlinkat,fsync,fdatasync,pwrite64,ftruncate,fchmod,utimensat"
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def parts(names):
    return b"".join(name.encode() * CUT for name in names)


OLD = {
    "model.bin": (parts("abcdefgh"), 0o640),
    "d/grows": parts("aaaabbbb"),
    "d/mode": (parts("mmmmm"), 0o644),
    "plain": b"old",
    "gone": b"gone",
}
NEW = {
    "model.bin": (parts("aBcdeFg"), 0o600),
    "d/grows": parts("aaaabbbc") + b"more",
    "d/mode": (parts("mmmmm"), 0o600),
    "plain": b"new",
}


def by_cuts(source):
    for offset in range(0, source.size, CUT):
        yield Cut(min(CUT, source.size - offset))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A workspace in the old state, with both states in its store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crash, "CALLS", CALLS)
        patch.setattr(crash.program, "STRIKE", 60)
        patch.setenv("STRIKE", "60")
        folder = tmp_path_factory.mktemp("model")
        root = folder / "workspace"
        root.mkdir()
        scene = crash.program.restore_scene.Scene(root, planner=by_cuts)
        scene.fill(NEW)
        target, new = scene.capture(), scene.tree()
        scene.fill(OLD)
        current, old = scene.capture(), scene.tree()
        prepared = scene.prepare(target, current)
        assert [step.path for step in prepared.record.steps if step.patch] == ["d/grows", "d/mode", "model.bin"]
        shutil.rmtree(prepared.folder)
        crash.program.set_head(root, crash.BEFORE)
        (folder / "target").write_bytes(dump(to_plain(target)))
        (folder / "current").write_bytes(dump(to_plain(current)))
        scene.store.close()
        yield root, old, new


@pytest.mark.parametrize("action", ["restore", "refused"])
def test_killed_at_any_call_it_is_wholly_old_or_wholly_new_after_recovery(model, tmp_path, action):
    _, old, new = model
    outcomes = crash.struck(model, tmp_path, action, "signal=KILL")
    assert {end for _, end in outcomes} == {-9}
    states = []
    for root, _ in outcomes:
        present = crash.Scene(root).tree()
        for path in OLD.keys() & present.keys():  # nobody ever finds a mixture at a path
            assert present[path][3] in {tree[path][3] for tree in (old, new) if path in tree}
        crash.recover(root)
        states.append(crash.state(root, old, new))
        assert crash.Scene(root).journal_names() == []
        assert crash.recover(root) == []
    assert set(states) == {"old", "new"}, states
    if action == "restore":
        assert states == sorted(states, reverse=True), "there is one commit point"


@pytest.mark.parametrize("fault", ["error=EIO", "error=ENOSPC"])
def test_refused_by_the_os_at_any_call_nothing_changed(model, tmp_path, fault):
    _, old, new = model
    outcomes = crash.struck(model, tmp_path, "restore", fault)
    assert 3 in [end for _, end in outcomes]
    for number, (root, end) in enumerate(outcomes, 1):
        assert crash.state(root, old, new) == {3: "old", 0: "new"}[end], number
        crash.recover(root)
        assert crash.state(root, old, new) == {3: "old", 0: "new"}[end], number
        assert crash.Scene(root).journal_names() == []


def test_recovery_that_is_killed_at_any_call_is_finished_by_the_next(model, tmp_path):
    _, old, new = model
    outcomes = crash.struck(model, tmp_path, "refused", "signal=KILL")
    jobs = []
    for number, (root, _) in enumerate(outcomes[len(outcomes) // 3 :: 16]):
        for call in crash.calls_of(root, "recover", tmp_path / str(number))[::4]:
            copy = tmp_path / f"again-{number}-{call['kind']}-{call['call']}"
            jobs.append({"root": str(crash.copied(root, copy)), "action": "recover", **call})
    ends, talk = crash.strike(jobs, "signal=KILL", tmp_path)
    assert set(ends) == {-9}, talk
    for job in jobs:
        root = Path(job["root"])
        crash.recover(root)
        assert crash.state(root, old, new) in {"old", "new"}, job
        assert crash.Scene(root).journal_names() == []
