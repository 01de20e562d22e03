"""Kill -9, and a full disk, at every mutating call of a collection and a repair: what is needed is there, always."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_mlversion.repository import Repository

PROGRAM = Path(__file__).parent / "gc_program.py"
PROJECT = PROGRAM.parents[2]
EVERY = int(os.environ.get("MLVERSION_KILLS", "0"))
"""Kill at so many calls of each kind; 0: at the few that tell most."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")]


ERRORS = ("ENOSPC", "EIO", "EDQUOT")
REFUSED = [(call, error) for call in ("pwrite64", "fsync", "rename") for error in ERRORS] if EVERY else [
    ("pwrite64", "ENOSPC"), ("fsync", "EIO"), ("rename", "EDQUOT")]


def noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four versions, of which two go: one pack is dead as a whole, one in part, and something waits already."""
    root = tmp_path_factory.mktemp("gc") / "template"
    root.mkdir()
    (root / "mlversion.toml").write_text('track = ["*.bin", "*.txt"]\n')
    repository = Repository.init(root)
    for number in range(5):
        (root / "model.bin").write_bytes(noise(number, 60_000))
        (root / "kept.bin").write_bytes(noise(90, 50_000))
        (root / f"note {number}.txt").write_text(f"note {number} " * 500)
        version = repository.checkpoint(message=str(number)).version
        assert version is not None
        if number == 0:
            first = version.id
    repository.delete([first])
    repository.gc()
    repository.store.close()
    repository.index.close()
    return root


def run(root: Path, action: str, injection: str, call: str) -> subprocess.CompletedProcess[str]:
    trace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{injection}"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*trace, sys.executable, str(PROGRAM), str(root), action], check=False, capture_output=True,
                          text=True, timeout=120, env=environment)


def contents(repository: Repository) -> dict[str, dict[str, bytes]]:
    """All that the kept versions hold, by version and path."""
    return {
        version.id: {artifact.path: repository.store.read(artifact.digest)
                     for artifact in repository.show(version.id).snapshot.artifacts if artifact.digest is not None}
        for version in repository.log()
    }


def looked(root: Path) -> dict[str, dict[str, bytes]]:
    """`contents`, with nothing left open: the folder is copied next."""
    repository = Repository.open(root)
    try:
        return contents(repository)
    finally:
        repository.store.close()
        repository.index.close()


def after(root: Path, before: dict[str, dict[str, bytes]]) -> None:
    """Whatever happened: what is listed is whole, the next collection finishes, and leaves nothing behind."""
    repository = Repository.open(root)
    assert repository.verify(read_data=True) == []
    now = contents(repository)
    assert len(now) >= 2
    assert all(before[version] == held for version, held in now.items())
    repository.gc(at_once=True)
    assert contents(repository) == now
    assert repository.verify(read_data=True) == []
    store = root / ".mlversion" / "store"
    assert not list(store.rglob("*.growing"))
    assert not list(store.rglob(".since*"))
    assert not list(store.glob("quarantine/*.pack"))
    repository.store.close()
    repository.index.close()


def steps(call: str) -> list[int]:
    few = {"rename": range(1, 7), "unlink": range(1, 5), "fsync": (2, 5)}
    return list(range(1, EVERY + 1) if EVERY else few[call])


@pytest.mark.parametrize("call", ["rename", "unlink", "fsync", *(["pwrite64", "ftruncate", "mkdir"] if EVERY else [])])
@pytest.mark.parametrize("action", ["wait", "now", "repack"])
def test_a_kill_loses_nothing_that_is_kept(template: Path, tmp_path: Path, action: str, call: str) -> None:
    before = looked(template)

    def killed(step: int) -> bool:
        root = tmp_path / str(step)
        shutil.copytree(template, root, symlinks=True)
        code = run(root, action, f"signal=KILL:when={step}", call).returncode
        after(root, before)
        shutil.rmtree(root)
        return code != 0

    with ThreadPoolExecutor(2) as workers:
        for some in batches(steps(call)):
            if not all(workers.map(killed, some)):
                return


@pytest.mark.parametrize(("call", "error"), REFUSED)
@pytest.mark.parametrize("action", ["wait", "now", "repack"])
def test_a_disk_that_refuses_loses_nothing_that_is_kept(
    template: Path, tmp_path: Path, action: str, call: str, error: str
) -> None:
    before = looked(template)
    for step in range(1, EVERY + 1) if EVERY else (2,):
        root = tmp_path / str(step)
        shutil.copytree(template, root, symlinks=True)
        done = run(root, action, f"error={error}:when={step}+", call)
        assert "ACK" in done.stdout or "jupyter_mlversion.errors" in done.stderr, done.stderr
        after(root, before)


def test_a_kill_of_a_repair_leaves_what_can_be_repaired(template: Path, tmp_path: Path) -> None:
    before = looked(template)
    for call, several in (("rename", (1, 2)), ("unlink", (1,))):
        for step in range(1, EVERY + 1) if EVERY else several:
            root = tmp_path / f"{call} {step}"
            shutil.copytree(template, root, symlinks=True)
            path = max((root / ".mlversion" / "store" / "packs").glob("*.pack"), key=lambda pack: pack.stat().st_size)
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
            run(root, "repair", f"signal=KILL:when={step}", call)
            repository = Repository.open(root)
            assert repository.repair().left == ()
            assert contents(repository) == before


def batches(steps: list[int]) -> list[list[int]]:
    return [steps[at:at + 2] for at in range(0, len(steps), 2)]
