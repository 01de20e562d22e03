"""Restoring some parts of a version, and restoring as copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.domain.artifact import Role
from jupyter_mlversion.errors import Cancelled, Conflict, OutsideWorkspace, UnknownPath
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path


def notebook_bytes(source: str) -> bytes:
    return document_bytes(new_notebook(cells=[new_code_cell(source, id="cell-0")]))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose notebook, table and model all changed since the first version; `extra.csv` came since."""
    folder = tmp_path / "work space"
    (folder / "data").mkdir(parents=True)
    write(folder, "one")
    (folder / "mlversion.toml").write_text('track = ["data/*.csv", "*.safetensors", "*.md", "thing"]\n')
    repository = Repository.open(folder, create=True)
    assert repository.checkpoint("n.ipynb", "first").version
    write(folder, "two")
    (folder / "data" / "extra.csv").write_text("x\n1\n")
    assert repository.checkpoint("n.ipynb", "second").version
    return folder


def write(folder: Path, word: str) -> None:
    (folder / "data" / "train.csv").write_text(f"a,b\n{word},2\n")
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}" + word.encode())
    (folder / "notes.md").write_text(f"{word} is the word\n")
    (folder / "n.ipynb").write_bytes(notebook_bytes(f"word = {word!r}"))


def words(folder: Path) -> dict[str, str]:
    """Which state each file is in."""
    names = ["n.ipynb", "data/train.csv", "model.safetensors", "notes.md"]
    return {name: "one" if b"one" in (folder / name).read_bytes() else "two" for name in names}


def tree(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".mlversion" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_plan_says_what_each_file_is_and_what_is_there_now(root: Path) -> None:
    plan = Repository.open(root).plan_restore("HEAD~1")
    assert plan.roles == {
        "data/extra.csv": Role.DATA, "data/train.csv": Role.DATA, "model.safetensors": Role.MODEL,
        "n.ipynb": Role.NOTEBOOK, "notes.md": Role.OTHER,
    }
    assert set(plan.present) == {write.path for write in plan.writes} | set(plan.removes)
    assert plan.present["model.safetensors"] == (root / "model.safetensors").stat().st_size


@pytest.mark.parametrize(("parts", "changed"), [
    ([Role.NOTEBOOK], {"n.ipynb"}),
    ([Role.MODEL], {"model.safetensors"}),
    ([Role.DATA, Role.OTHER], {"data/train.csv", "notes.md"}),
])
def test_parts_are_restored_alone_and_undone(root: Path, parts: list[Role], changed: set[str]) -> None:
    repository = Repository.open(root)
    head = repository.resolve("HEAD")
    plan = repository.plan_restore("HEAD~1", parts=parts)
    assert {write.path for write in plan.writes} == changed
    assert bool(plan.cells) == (Role.NOTEBOOK in parts)
    before = tree(root)
    done = repository.restore("HEAD~1", parts=parts)
    assert done.plan == plan
    assert {name for name, word in words(root).items() if word == "one"} == changed
    assert (root / "data" / "extra.csv").exists() == (Role.DATA not in parts)
    assert repository.resolve("HEAD") == head
    repository.restore(str(done.safety_version))
    assert tree(root) == before


def test_a_file_that_became_something_else_is_not_removed_with_its_new_part(root: Path) -> None:
    repository = Repository.open(root)
    (root / "thing").write_bytes((root / "model.safetensors").read_bytes())
    assert repository.checkpoint("n.ipynb", "third").version
    (root / "thing").write_text("a,b\n1,2\n")
    assert repository.checkpoint("n.ipynb", "fourth").version
    plan = repository.plan_restore("HEAD~1")
    assert plan.roles == {"thing": Role.MODEL}
    plan = repository.plan_restore("HEAD~1", parts=[Role.DATA])
    assert (plan.writes, plan.removes) == ((), ())


def test_a_copy_has_all_files_and_touches_none(root: Path) -> None:
    repository = Repository.open(root)
    before, versions = tree(root), len(repository.log(safety=True))
    planned = repository.plan_restore("HEAD~1", copy_to=root / "then")
    assert tree(root) == before
    copied = repository.copy("HEAD~1", root / "then")
    assert copied.plan == planned
    assert (copied.folder, copied.notebook) == ("then", "then/n.ipynb")
    assert words(root / "then") == dict.fromkeys(words(root), "one")
    assert not (root / "then" / "data" / "extra.csv").exists()
    nbformat.validate(nbformat.read(root / "then" / "n.ipynb", as_version=4))
    assert {name: data for name, data in tree(root).items() if not name.startswith("then/")} == before
    assert len(repository.log(safety=True)) == versions
    assert repository.line_of("n.ipynb") is not None
    assert repository.line_of("then/n.ipynb") is None


def test_a_copy_of_some_files(root: Path) -> None:
    repository = Repository.open(root)
    copied = repository.copy("HEAD~1", "deep/er/then", ["data"])
    assert (copied.written, copied.notebook) == (("deep/er/then/data/train.csv",), None)
    assert repository.copy("HEAD~1", "models", parts=[Role.MODEL]).written == ("models/model.safetensors",)
    with pytest.raises(UnknownPath):
        repository.copy("HEAD~1", "nothing", ["nowhere"])
    assert not (root / "nothing").exists()


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_a_copy_never_goes_where_something_is(root: Path, there: str) -> None:
    place = root / "there"
    if there == "file":
        place.write_text("mine")
    elif there == "folder":
        place.mkdir()
    else:
        place.symlink_to("nowhere")
    before = tree(root)
    with pytest.raises(Conflict, match="something at there already"):
        Repository.open(root).copy("HEAD~1", "there")
    assert tree(root) == before


@pytest.mark.parametrize("folder", ["", ".git/x", ".mlversion/x", "../outside"])
def test_a_copy_stays_in_the_workspace_and_out_of_our_folders(root: Path, folder: str) -> None:
    with pytest.raises(OutsideWorkspace):
        Repository.open(root).copy("HEAD~1", root / folder)
    assert not (root.parent / "outside").exists()


def test_a_cancelled_copy_leaves_nothing(root: Path) -> None:
    def stop(phase: str, done: int, total: int, /) -> None:
        if done:
            raise Cancelled("stopped")

    before = tree(root)
    with pytest.raises(Cancelled):
        Repository.open(root).copy("HEAD~1", "deep/then", progress=stop)
    assert tree(root) == before
    assert not (root / "deep").exists()
