"""What a restore writes, as whole processes: hardly more than what differs."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from jupyter_mlversion.repository import Repository

MIB = 2**20
TENSORS, SIZE = 40, MIB

RESTORE = """
import sys
from pathlib import Path
from jupyter_mlversion.repository import Repository

def written():
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])

repository = Repository.open(sys.argv[1])
before = written()
repository.restore(sys.argv[2])
print(written() - before)
"""


def model(path, seed, tail):
    """A safetensors file of which the tensors of the tail depend on the seed."""
    import numpy as np
    from safetensors.numpy import save_file

    tensors = {}
    for number in range(TENSORS):
        generator = np.random.default_rng((number, seed if number >= TENSORS - tail else 0))
        tensors[f"t{number:03}"] = generator.standard_normal(SIZE // 4, dtype=np.float32)
    save_file(tensors, path)
    past = time.time() - 60  # nobody waits for the clock to tell a change from a capture
    os.utime(path, (past, past))


def restored(root, version):
    """Bytes that a process of its own wrote while it restored."""
    done = subprocess.run(
        [sys.executable, "-c", RESTORE, str(root), version], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not os.path.exists("/proc/self/io"), reason="the OS does not count bytes")
def test_a_changed_head_costs_hardly_more_than_its_bytes(tmp_path):
    pytest.importorskip("safetensors")
    repository = Repository.init(tmp_path)
    path = tmp_path / "model.safetensors"
    versions, contents = [], []
    for seed in (1, 2):
        model(path, seed, tail=4)
        versions.append(repository.checkpoint(message=f"v{seed}").version.id)
        contents.append(path.read_bytes())
    differ = 4 * SIZE
    for version, content in [*zip(versions, contents, strict=True)] * 2:
        assert restored(tmp_path, version) <= 1.1 * differ
        assert path.read_bytes() == content
