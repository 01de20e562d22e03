"""Writes golden-N.tar.gz: a workspace with versions, and what they must read as. Run once a format; N is that of packs.

    python tests/format/make_golden.py
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.splits import split
from jupyter_mlversion.store.layout import VERSION
from jupyter_mlversion.tracking import Recorder

HERE = Path(__file__).parent


def notebook(text: str) -> bytes:
    """A notebook with one cell."""
    cell = new_code_cell(text)
    cell["id"] = "cell"
    return document_bytes(new_notebook(cells=[cell]))


def stage(repository: Repository, key: str, accuracy: float) -> None:
    """A checkpoint with metrics, a split and files of every kind."""
    recorder = Recorder()
    recorder.begin("cell")
    recorder.log({"accuracy": accuracy, "loss": float("nan")}, step=0)
    recorder.log({"accuracy": accuracy, "loss": float("inf")}, step=1)
    recorder.log_params(lr=0.1, optimizer="adam", deep=True)
    parts = split(10, target=list("aabbaabbab"), strategy="stratified", sizes={"train": 0.5, "test": 0.5}, name="parts")
    environment = Environment("3.11.7", "CPython", "Linux", {"numpy": "2.4.6"}, {"cores": "2"}, {})
    seen = Seen(
        {"data/täble 1.csv": Access.READ, "model.bin": Access.WRITTEN, "run.sh": Access.READ, "link": Access.READ},
        runs=recorder.seal,
        splits=lambda batch: (parts.seal(batch),),
        environment=environment,
    )
    event = Checkpoint(
        key, Trigger.CELL, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), f"checkpoint {key}", "n.ipynb", "cell"
    )
    repository.stage(event, seen)


def main() -> None:
    """Make the workspace, note what its versions are, and pack both."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "golden"
        (root / "data").mkdir(parents=True)
        (root / "data" / "täble 1.csv").write_text("a,b\n1,2\n")
        (root / "run.sh").write_text("#!/bin/sh\n")
        (root / "run.sh").chmod(0o755)
        (root / "link").symlink_to("data/täble 1.csv")
        (root / "model.bin").write_bytes(bytes(range(256)) * 8192)
        (root / "n.ipynb").write_bytes(notebook("one"))
        repository = Repository.init(root)
        stage(repository, "s.1", 0.5)
        first = repository.join("s.1").version
        (root / "model.bin").write_bytes(bytes(range(256)) * 4096)
        (root / "n.ipynb").write_bytes(notebook("two"))
        stage(repository, "s.2", 0.75)
        repository.join("s.2")
        repository.history.tag("best", repository.resolve("HEAD"))
        repository.history.say([repository.resolve("HEAD")], labels=("kept",))
        (root / "model.bin").write_bytes(b"unsaved")
        repository.restore(first.id)
        (root / "run.sh").unlink()
        stage(repository, "t.1", 0.25)
        repository.join("t.1")
        stage(repository, "t.2", 0.3)
        repository.index.close()
        repository.store.close()
        repository.index.refresh(repository.history)
        expected = [
            {"version": to_plain(version), "snapshot": to_plain(repository.show(version.id).snapshot)}
            for version in repository.log()
        ]
        (Path(folder) / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True))
        repository.index.close()
        repository.store.close()
        shutil.rmtree(root / ".mlversion" / "locks", ignore_errors=True)
        for path in root.rglob("index.sqlite*"):
            path.unlink()
        with tarfile.open(HERE / f"golden-{VERSION}.tar.gz", "w:gz") as archive:
            archive.add(root, "golden")
            archive.add(Path(folder) / "expected.json", "expected.json")


if __name__ == "__main__":
    main()
