"""The store after its writer was killed, or refused by the disk, at every single step."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_mlversion.domain.digest import is_digest
from jupyter_mlversion.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")]

PROGRAM = Path(__file__).parent / "store_program.py"
PROJECT = PROGRAM.parents[2]
WIDTH = 4


def outcome(root: Path, call: str, injection: str) -> tuple[int, list[str]]:
    """How the program ended, and the lines that it printed."""
    root.mkdir()
    command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}",
               "-e", f"inject={call}:{injection}", sys.executable, str(PROGRAM), str(root)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.split()


def check(root: Path, told: list[str], *, leftovers: int) -> None:
    """All that was told is there, nothing is damaged, nothing is left over, and the store goes on."""
    growing = list((root / "store").glob("packs/*.growing"))
    assert len(growing) <= leftovers
    store = Store(root / "store")
    store.recover()
    assert not list((root / "store").glob("packs/*.growing"))
    for digest in filter(is_digest, told):
        assert len(store.read(digest)) == store.size_of(digest) > 0
    assert store.verify(read_data=True) == []
    with store.batch() as batch, (root / "file").open("rb") as file:
        content = batch.put_file(file.fileno())
    assert content.digest not in told or content.new == 0
    assert store.read(content.digest) == (root / "file").read_bytes()
    assert store.verify(read_data=True) == []
    store.close()


def killed_at(root: Path, call: str, step: int) -> bool:
    code, told = outcome(root, call, f"signal=KILL:when={step}")
    if code in {-signal.SIGKILL, 128 + signal.SIGKILL} and not (root / "file").exists():
        return True  # killed before there was anything to store
    check(root, told, leftovers=1)
    shutil.rmtree(root)
    if code == 0:
        assert len(told) == 3
    return code != 0


def refused_at(root: Path, call: str, when: str, error: str = "ENOSPC") -> bool:
    code, told = outcome(root, call, f"error={error}:when={when}")
    assert code == 0
    check(root, told, leftovers=0)
    shutil.rmtree(root)
    return len(told) < 3 or not all(map(is_digest, told))


@pytest.mark.parametrize("call", ["pwrite64", "fsync", "fdatasync", "rename", "ftruncate", "unlink", "mkdir", "flock"])
def test_a_kill_at_any_step_loses_nothing_that_was_told(tmp_path: Path, call: str) -> None:
    with ThreadPoolExecutor(WIDTH) as workers:
        for start in range(1, 1000, WIDTH):
            steps = range(start, start + WIDTH)
            killed = list(workers.map(lambda step: killed_at(tmp_path / str(step), call, step), steps))
            if not all(killed):
                assert start > 1 or any(killed), f"the program never calls {call}"
                return
    pytest.fail("the program never came to its end")


@pytest.mark.parametrize(("call", "steps"), [
    ("pwrite64", range(1, 50, 2)), ("fsync", range(1, 9)), ("rename", range(1, 4)),
])
def test_a_disk_that_is_full_from_any_step_on_loses_nothing(tmp_path: Path, call: str, steps: range) -> None:
    with ThreadPoolExecutor(WIDTH) as workers:
        refused = list(workers.map(lambda step: refused_at(tmp_path / str(step), call, f"{step}+"), steps))
    assert refused[0]


@pytest.mark.parametrize(("call", "steps"), [
    ("pwrite64", range(1, 14)), ("fsync", range(1, 9)), ("fdatasync", range(1, 6)), ("rename", range(1, 3)),
    ("ftruncate", range(1, 3)), ("mkdir", range(1, 3)), ("flock", range(1, 6)), ("preadv", range(1, 3)),
    ("utimensat", range(1, 4)), ("fadvise64", range(1, 2)), ("statfs", range(1, 3)), ("unlink", range(1, 3)),
])
def test_a_single_refusal_of_the_disk_loses_nothing(tmp_path: Path, call: str, steps: range) -> None:
    cases = [(step, ("ENOSPC", "EIO", "EDQUOT")[step % 3]) for step in steps]
    with ThreadPoolExecutor(WIDTH) as workers:
        list(workers.map(lambda case: refused_at(tmp_path / str(case[0]), call, str(case[0]), case[1]), cases))
