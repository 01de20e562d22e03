"""A checkpoint of a repository with many versions is as much work as one of a repository with few.

The long form, with 10,000 versions, is ``benchmarks/scale.py``.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys

import pytest

from jupyter_mlversion.history import upkeep
from jupyter_mlversion.repository import Repository

VERSIONS = 5 * upkeep.PACKS
MAIN = "import sys; from jupyter_mlversion.cli.main import main; sys.exit(main())"
CALL = re.compile(r"\d+\s+(\w+)\(.*= (-?\d+)")
MOVES_BYTES = {"read", "pread64", "write", "pwrite64", "readv", "writev", "copy_file_range"}

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


def work(root):
    """System calls, and bytes read and written, of one checkpoint as a whole process."""
    log = root.parent / "calls"
    command = ["strace", "-f", "-qq", "-s0", "-o", log, sys.executable, "-c", MAIN, "checkpoint"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "1 modified" in done.stdout, done.stdout + done.stderr
    calls = [match for line in log.read_text(errors="replace").splitlines() if (match := CALL.match(line))]
    return len(calls), sum(max(0, int(call[2])) for call in calls if call[1] in MOVES_BYTES)


def test_work_does_not_grow_with_the_number_of_versions(tmp_path):
    root = tmp_path / "w"
    (root / "d").mkdir(parents=True)
    for number in range(10):
        (root / "d" / f"{number}.csv").write_text(f"{number}\n")
    repository = Repository.open(root, create=True)
    count = 0

    def edit():
        nonlocal count
        count += 1
        (root / "d" / "1.csv").write_text(f"version {count}\n")

    def typical():
        found = []
        for _ in range(3):  # the one that joins packs is not the middle one
            edit()
            found.append(work(root))
        return [statistics.median(column) for column in zip(*found, strict=True)]

    repository.checkpoint()
    calls, nbytes = typical()
    while count < VERSIONS:
        edit()
        assert repository.checkpoint().version is not None
    more_calls, more_bytes = typical()
    assert more_calls <= 1.1 * calls
    assert more_bytes <= 1.1 * nbytes
