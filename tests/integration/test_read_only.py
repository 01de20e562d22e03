"""A workspace that this user cannot write to."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.repository.place import is_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534


def look(root: Path) -> tuple[object, ...]:
    """All that can be seen of the versions."""
    repository = Repository.open(root)
    (version,) = repository.log()
    plan = repository.plan_restore("HEAD", keep_new=True)
    status = repository.status()
    return version, repository.show("HEAD").snapshot, plan.writes, [line.head for line in status.lines]


def as_nobody(work: Callable[[], bool]) -> bool:
    """What `work` answers in a process of a user who owns nothing."""
    child = os.fork()
    if not child:
        answer = False
        try:
            os.setgroups([])
            os.setresuid(NOBODY, NOBODY, NOBODY)
            answer = work()
        finally:
            os._exit(0 if answer else 1)
    return os.waitpid(child, 0)[1] == 0


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_its_history_can_be_read_and_nothing_is_made(shared: Path) -> None:
    root = shared / "work"
    root.mkdir()
    nbformat.write(new_notebook(cells=[new_code_cell("x = 1", id="a")]), root / "n.ipynb")
    assert Repository.open(root, create=True).checkpoint("n.ipynb", "first").version
    look(root)  # what this imports, the other user may not be able to read
    gc.collect()  # the last connection to the index takes files of SQLite's along when it is closed
    for path in (shared, *shared.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    seen = look(root)
    gc.collect()
    before = sorted(root.rglob("*"))

    def reads_the_same() -> bool:
        with pytest.raises(FileFailure):
            Repository.open(root).checkpoint("n.ipynb", "second")
        return look(root) == seen and not is_writable(root)

    assert is_writable(root)
    assert as_nobody(reads_the_same)
    assert sorted(root.rglob("*")) == before
