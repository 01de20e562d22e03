"""Many files, many versions: whole processes, Python's start included, against a plain walk that reads and hashes.

W6: nothing changed in 100,000 files. W3: 50,000 files of about 5 KB, then 1 % of them changed. Growth: system calls and
bytes read and written by a checkpoint, from the first versions to the 10,000th (needs strace). What other programs need
for the same is in ``store.py``.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from harness import compile_package, machine, median, table

MAIN = "import sys; from jupyter_mlversion.cli.main import main; sys.exit(main())"
OURS = [sys.executable, "-c", MAIN, "checkpoint", "-m", "x"]
FLOOR = """
import os, sys
from blake3 import blake3
known, pending, reading = set(sys.argv[2:]), [sys.argv[1]], sys.argv[2:] != ["nothing"]
while pending:
    with os.scandir(pending.pop()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
                continue
            entry.stat(follow_symlinks=False)
            if reading and (not known or entry.name in known):
                with open(entry.path, "rb") as file:
                    blake3(file.read()).digest()
"""
CALL = re.compile(r"\d+\s+(\w+)\(.*= (-?\d+)")
MOVES_BYTES = {"read", "pread64", "write", "pwrite64", "readv", "writev", "copy_file_range"}


def make(root: Path, count: int, size: int, folder: int = 500) -> None:
    """`count` files of about `size` bytes that do not compress, `folder` of them in a folder."""
    rng = random.Random(count)
    root.mkdir()
    (root / "mlversion.toml").write_text('track = ["**"]\n')
    for number in range(count):
        path = root / "data" / f"{number // folder:04d}" / f"{number:06d}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rng.randbytes(rng.randint(size // 2, size * 3 // 2)))


def change(root: Path, share: float, seed: int) -> list[str]:
    """Give so many of the files other bytes; their names."""
    rng = random.Random(seed)
    files = sorted((root / "data").rglob("*.bin"))
    chosen = rng.sample(files, max(1, int(len(files) * share)))
    for path in chosen:
        path.write_bytes(rng.randbytes(path.stat().st_size))
    return [path.name for path in chosen]


def timed(command: list[str], root: Path) -> tuple[float, float, float]:
    """Wall and CPU seconds of a process and its children, and its peak of memory in MB."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)
    peak = 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        with suppress(OSError, TypeError):  # it ended meanwhile
            peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]))
        time.sleep(0.005)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(process.returncode)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak / 1024


def floor(root: Path, *names: str) -> list[str]:
    return [sys.executable, "-c", FLOOR, str(root / "data"), *names]


def row(what: str, ours: list[tuple[float, float, float]], plain: list[tuple[float, float, float]],
        bound: str) -> list[str]:
    wall, cpu, peak = (median(list(column)) for column in zip(*ours, strict=True))
    other, other_cpu, _ = (median(list(column)) for column in zip(*plain, strict=True))
    numbers = [f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{other:.2f}", f"{other_cpu:.2f}"]
    return [what, *numbers, f"{cpu / other_cpu:.1f}", bound]


def files(base: Path, unchanged: int, many: int, rounds: int) -> str:
    rows, w6, w3 = [], base / "w6", base / "w3"
    make(w6, unchanged, 200)
    time.sleep(2.5)  # what was written just now could change unseen, and is read again
    timed(OURS, w6)
    pairs = [(timed(OURS, w6), timed(floor(w6, "nothing"), w6)) for _ in range(rounds)]
    rows.append(row(f"W6 nothing changed in {unchanged:,} files", *map(list, zip(*pairs, strict=True)), "≤ 1 s"))
    make(w3, many, 5000)
    time.sleep(2.5)
    first, reading = timed(OURS, w3), timed(floor(w3), w3)
    rows.append(row(f"W3 first checkpoint of {many:,} files", [first], [reading], "≤ 4.5 s"))
    pairs = []
    for number in range(rounds):
        names = change(w3, 0.01, number)
        pairs.append((timed(OURS, w3), timed(floor(w3, *names), w3)))
    rows.append(row("W3 1 % changed", *map(list, zip(*pairs, strict=True)), "≤ 1.4 s"))
    return table(["what", "wall, s", "CPU, s", "peak, MB", "plain: wall", "CPU", "CPU ÷ plain", "bound (wall)"], rows)


def work(root: Path) -> tuple[int, int]:
    log = root.parent / "calls"
    subprocess.run(["strace", "-f", "-qq", "-s0", "-o", log, *OURS], cwd=root, check=True, stdout=subprocess.DEVNULL)
    calls = [match for line in log.read_text(errors="replace").splitlines() if (match := CALL.match(line))]
    return len(calls), sum(max(0, int(call[2])) for call in calls if call[1] in MOVES_BYTES)


def growth(base: Path, versions: int) -> str:
    from jupyter_mlversion.repository import Repository

    root, count, rows = base / "growth", 0, []
    make(root, 100, 500, folder=25)
    edited = root / "data" / "0000" / "000001.bin"
    marks = sorted({4, *(10**power for power in range(2, 9) if 10**power < versions), versions})
    for mark in marks:
        repository = Repository.open(root, create=True)
        while count < mark - 3:
            count += 1
            edited.write_text(f"version {count}\n")
            repository.checkpoint()
        found = []
        for _ in range(3):
            count += 1
            edited.write_text(f"version {count}\n")
            found.append(work(root))
        rows.append([f"{count:,}", *(f"{median(list(column)):,.0f}" for column in zip(*found, strict=True))])
    return table(["version", "system calls", "bytes read and written"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unchanged", type=int, default=100_000, help="files of W6")
    parser.add_argument("--files", type=int, default=50_000, help="files of W3")
    parser.add_argument("--versions", type=int, default=10_000, help="versions of the growth; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    asked = parser.parse_args()
    compile_package()
    print(f"{machine()}; {asked.rounds} rounds, medians, ours and the plain walk in turn.\n")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        print(files(Path(folder), asked.unchanged, asked.files, asked.rounds), flush=True)
        if asked.versions and shutil.which("strace"):
            print("\n" + growth(Path(folder), asked.versions))


if __name__ == "__main__":
    main()
