"""Kill -9 at every rename, link, unlink and ref update of a join and of a restore: nothing is lost, nothing is half."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = Path(__file__).parent / "repository_program.py"
CALLS = "rename,renameat,renameat2,link,linkat,unlink,unlinkat"
MOST = 200

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")]


def notebook(text: str) -> bytes:
    """A notebook with one cell."""
    cell = new_code_cell(text)
    cell["id"] = "cell"
    return document_bytes(new_notebook(cells=[cell]))


def files(root: Path) -> dict[str, bytes]:
    """Every file that the user sees."""
    found = (path for path in root.rglob("*") if path.is_file() and ".mlversion" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A workspace with two versions, and a third checkpoint staged under ``s.3``."""
    root = tmp_path / "template"
    (root / "data").mkdir(parents=True)
    for number in (1, 2, 3):
        (root / "n.ipynb").write_bytes(notebook(f"version {number}"))
        (root / "model.bin").write_bytes(b"weights %d" % number)
        if number == 1:
            (root / "data" / "old.csv").write_text("old")
        else:
            (root / "data" / "old.csv").unlink(missing_ok=True)
            (root / "data" / f"new {number}.csv").write_text("new")
        repository = Repository.open(root, create=True)
        seen = {path: Access.WRITTEN for path in files(root) if path != "n.ipynb"}
        repository.stage(
            Checkpoint(f"s.{number}", Trigger.CELL, datetime.now(UTC), str(number), "n.ipynb", "cell"), Seen(seen)
        )
        if number < 3:
            repository.join(f"s.{number}")
    return root


def killed_runs(template: Path, action: str, name: str) -> Iterator[tuple[Path, str]]:
    """Copies of the workspace in which the command was killed at the 1st, 2nd, … call; the last time it was not."""
    for number in range(1, MOST):
        root = template.with_name(f"{action} {number}")
        shutil.copytree(template, root, symlinks=True)
        trace = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={CALLS}",
            "-e",
            f"inject={CALLS}:signal=KILL:when={number}",
        ]
        command = [*trace, sys.executable, str(PROGRAM), str(root), action, name]
        run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        acknowledged = run.stdout.partition("ACK ")[2].strip()
        yield root, acknowledged
        shutil.rmtree(root)
        if run.returncode == 0:
            return
    pytest.fail("the command never got through")


def check(template: Path, action: str, name: str, is_whole: Callable[[Path, Repository], None]) -> None:
    """After every kill: the next command works, verify is clean, all that was there or acknowledged still is."""
    before = {version.id for version in Repository.open(template).log()}
    for root, acknowledged in killed_runs(template, action, name):
        repository = Repository.open(root)
        now = {version.id for version in repository.log()}
        assert before <= now
        assert not acknowledged or acknowledged in now
        assert repository.verify(read_data=True) == []
        is_whole(root, repository)
        assert repository.verify(read_data=True) == []
        assert not list((root / ".mlversion" / "journal").glob("*"))


def test_join(template: Path) -> None:
    old = files(template)

    def whole(root: Path, repository: Repository) -> None:
        assert files(root) == old
        version = repository.join("s.3").version
        assert version is not None
        assert [each.message for each in repository.log()] == ["3", "2", "1"]
        assert repository.staged() == []

    check(template, "join", "s.3", whole)


def test_restore(template: Path) -> None:
    repository = Repository.open(template)
    repository.join("s.3")
    first = repository.log()[-1]
    (template / "model.bin").write_bytes(b"never checkpointed")
    old = files(template)
    new = {"n.ipynb": notebook("version 1"), "model.bin": b"weights 1", "data/old.csv": b"old"}

    def whole(root: Path, repository: Repository) -> None:
        assert files(root) in (old, new)
        (line,) = repository.status().lines
        assert line.head == (first.id if files(root) == new else repository.resolve("main"))
        safety = repository.restore(first.id).safety_version
        assert files(root) == new
        held = [repository.show(version.id).snapshot.artifact("model.bin") for version in repository.log()]
        assert any(
            artifact and artifact.digest and repository.store.read(artifact.digest) == b"never checkpointed"
            for artifact in held
        )
        assert safety is not None

    check(template, "restore", first.id, whole)
