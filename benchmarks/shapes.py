"""What each workload of the store's benchmark is, without the libraries that make its files.

A measured process starts as a copy of this one, whose memory counts as its peak: nothing large is imported here.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workload:
    """Versions of a folder, made one after another.

    Parameters
    ----------
    name, about : for the table.
    scale : 1 is the real size.
    versions : how many there are.
    restores : numbers of the versions (from 0) to restore in turn, from the last version on.
    peers : names of the tools that are measured; empty for all.
    """

    name: str
    about: str
    scale: float
    versions: int
    restores: tuple[int, ...]
    peers: tuple[str, ...] = ()


def change(workload: Workload, number: int, folder: Path) -> None:
    """Make version `number` of a workload in `folder`, which holds the one before."""
    program = Path(__file__).with_name("workloads.py")
    subprocess.run([sys.executable, program, workload.name, str(workload.scale), str(number), folder], check=True)


def workloads(scale: float) -> dict[str, Workload]:
    """All workloads by name."""
    model = f"{1.024 * scale:.3g} GB of float32 safetensors; four head changes of 5 %, then all weights move"
    found = (
        Workload("W1", model, scale, 6, (4, 0, 1)),
        Workload("W2", "a table as CSV and Parquet; append 1 %, edit 0.1 % and delete rows, insert a column",
                 scale, 4, (2, 0, 1)),
        Workload("W3", f"{int(50_000 * scale):,} files of 5 KB, 1 % changed", scale, 3, (1, 0, 2)),
        Workload("W4", "as W1 in bfloat16; one head change, then all weights move", scale, 3, (1, 0)),
        Workload("W5", f"a file of {10 * scale:g} GB, one block changed", scale, 2, (0,),
                 ("mlversion", "read+hash", "dvc")),
        Workload("W6", f"nothing changed in {int(100_000 * scale):,} files", scale, 2, (),
                 ("mlversion", "dvc", "git-lfs", "restic", "borg")),
    )
    return {workload.name: workload for workload in found}
