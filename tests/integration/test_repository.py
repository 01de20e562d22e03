"""The verbs of a repository on a real store and a real Git history."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.domain.artifact import Access, State
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Checkpoint, Document, Trigger
from jupyter_mlversion.errors import (
    NotFound,
    OutsideWorkspace,
    RestoreConflict,
    UnknownKey,
    UnknownPath,
    UnknownVersion,
)
from jupyter_mlversion.repository import Repository, Seen

if TYPE_CHECKING:
    from pathlib import Path


def notebook_bytes(*sources: str, ids: str = "cell") -> bytes:
    """A notebook with one code cell a source, cell ids `ids`-0, `ids`-1, …"""
    cells = []
    for number, source in enumerate(sources):
        cell = new_code_cell(source, outputs=[new_output("stream", name="stdout", text=f"ran {source}\n")])
        cell["id"] = f"{ids}-{number}"
        cells.append(cell)
    return document_bytes(new_notebook(cells=cells))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a notebook, a table and a model."""
    folder = tmp_path / "work space"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "train.csv").write_text("a,b\n1,2\n")
    (folder / "model.bin").write_bytes(b"weights one")
    (folder / "n.ipynb").write_bytes(notebook_bytes("open('data/train.csv')", "save('model.bin')"))
    return folder


@pytest.fixture
def repository(root: Path) -> Repository:
    """Its repository."""
    return Repository.open(root, create=True)


def stage(repository: Repository, key: str, *, notebook: str | None = "n.ipynb", loss: float | None = None) -> None:
    """What a kernel does after a tagged cell."""

    def runs(batch: object) -> tuple[Run, ...]:
        if loss is None:
            return ()
        return (Run("", "cell-1", 1.0, {"lr": 0.1}, {"loss": Metric(loss, loss, loss, 1, 0)}),)

    checkpoint = Checkpoint(key, Trigger.CELL, datetime.now(UTC), f"message {key}", notebook, "cell-1")
    repository.stage(checkpoint, Seen({"data/train.csv": Access.READ, "model.bin": Access.WRITTEN}, runs=runs))


def test_nothing_is_made_by_looking(root: Path) -> None:
    with pytest.raises(NotFound, match="no versions"):
        Repository.open(root)
    assert not (root / ".mlversion").exists()


def test_a_staged_checkpoint_becomes_one_version_with_the_bytes_of_that_moment(
    repository: Repository, root: Path
) -> None:
    stage(repository, "s.1", loss=0.5)
    (root / "model.bin").write_bytes(b"the next cell was quick")
    outcome = repository.join("s.1", document=notebook_bytes("live"))
    version = outcome.version
    assert version is not None
    assert version.trigger == Trigger.CELL
    assert version.document == Document.LIVE
    assert version.metrics == {"loss": 0.5}
    assert version.params == {"lr": 0.1}
    assert version.counts.artifacts == 3
    snapshot = repository.show(version.id).snapshot
    model = snapshot.artifact("model.bin")
    assert model is not None
    assert model.digest is not None
    assert repository.store.read(model.digest) == b"weights one"
    assert model.access == Access.WRITTEN
    assert repository.staged() == []


def test_the_same_key_again_is_the_same_version(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    first = repository.join("s.1", document=notebook_bytes("live"))
    again = Repository.open(root).join("s.1", document=notebook_bytes("other"))
    assert first.version is not None
    assert again.version == first.version
    assert len(repository.log()) == 1


def test_the_same_key_is_known_without_the_index(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    first = repository.join("s.1")
    for file in (root / ".mlversion").glob("index.sqlite*"):
        file.unlink()
    again = Repository.open(root).join("s.1")
    assert again.version is not None
    assert first.version is not None
    assert again.version.id == first.version.id


def test_an_unknown_key(repository: Repository) -> None:
    with pytest.raises(UnknownKey):
        repository.join("nobody.1")


def test_without_a_document_the_notebook_is_taken_as_saved(repository: Repository) -> None:
    stage(repository, "s.1")
    assert repository.settle(older_than=3600) == []
    (outcome,) = repository.settle(older_than=0)
    assert outcome.version is not None
    assert outcome.version.document == Document.AS_SAVED


def test_a_later_key_of_the_same_kernel_pulls_the_earlier_ones_in(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    (root / "model.bin").write_bytes(b"weights two")
    stage(repository, "s.2")
    repository.join("s.2", document=notebook_bytes("live"))
    newest, oldest = repository.log()
    assert (oldest.message, newest.message) == ("message s.1", "message s.2")
    assert newest.parents == (oldest.id,)
    assert oldest.document == Document.AS_SAVED


def test_unchanged_makes_none(repository: Repository) -> None:
    stage(repository, "s.1", loss=0.5)
    repository.join("s.1", document=notebook_bytes("live"))
    stage(repository, "s.2", loss=0.5)
    outcome = repository.join("s.2", document=notebook_bytes("live", ids="other"))
    assert outcome.unchanged
    assert outcome.version is None
    assert repository.join("s.2").unchanged
    stage(repository, "s.3", loss=0.4)
    assert not repository.join("s.3", document=notebook_bytes("live")).unchanged


def test_checkpoint_without_a_kernel_takes_what_the_notebook_names(repository: Repository) -> None:
    version = repository.checkpoint("n.ipynb", "by hand", trigger=Trigger.CLI).version
    assert version is not None
    paths = [artifact.path for artifact in repository.show("HEAD").snapshot.artifacts]
    assert paths == ["data/train.csv", "model.bin", "n.ipynb"]
    assert repository.checkpoint("n.ipynb").unchanged


def test_checkpoint_of_the_workspace_takes_all_that_is_not_ignored(repository: Repository, root: Path) -> None:
    (root / ".env").write_text("SECRET=1")
    (root / "mlversion.toml").write_text("ignore = ['*.log']\n")
    (root / "x.log").touch()
    version = Repository.open(root).checkpoint().version
    assert version is not None
    assert version.line == "workspace"
    paths = {artifact.path for artifact in repository.show(version.id).snapshot.artifacts}
    assert {"data/train.csv", "model.bin", "mlversion.toml"} <= paths
    assert not {".env", "x.log"} & paths


def test_restore_and_undo(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    before = (root / "n.ipynb").read_bytes()
    assert first is not None
    (root / "model.bin").write_bytes(b"weights two")
    (root / "data" / "train.csv").unlink()
    (root / "n.ipynb").write_bytes(notebook_bytes("save('model.bin')"))
    second = repository.checkpoint("n.ipynb").version
    assert second is not None
    (root / "model.bin").write_bytes(b"never checkpointed")

    plan = repository.plan_restore(first.id)
    assert {write.path: write.change for write in plan.writes} == {
        "data/train.csv": Change.ADDED,
        "model.bin": Change.MODIFIED,
        "n.ipynb": Change.MODIFIED,
    }
    assert plan.cells
    assert (root / "model.bin").read_bytes() == b"never checkpointed"

    done = repository.restore(first.id)
    assert done.restored
    assert (root / "model.bin").read_bytes() == b"weights one"
    assert (root / "data" / "train.csv").read_text() == "a,b\n1,2\n"
    assert (root / "n.ipynb").read_bytes() == before
    assert repository.status().changed == ()

    assert done.safety_version not in (None, second.id)
    repository.restore(str(done.safety_version))
    assert (root / "model.bin").read_bytes() == b"never checkpointed"
    assert not (root / "data" / "train.csv").exists()
    assert (root / "n.ipynb").read_bytes() == notebook_bytes("save('model.bin')")
    (line,) = repository.status().lines
    assert (line.head, line.branch) == (second.id, "main")


def test_going_on_from_an_older_version_opens_a_branch(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    (root / "model.bin").write_bytes(b"weights two")
    second = repository.checkpoint("n.ipynb").version
    assert first is not None
    assert second is not None
    repository.restore(first.id)
    assert repository.status().lines[0].branch is None
    (root / "model.bin").write_bytes(b"weights three")
    outcome = repository.checkpoint("n.ipynb")
    assert outcome.version is not None
    assert outcome.version.branch == "branch-2"
    assert outcome.version.parents == (first.id,)
    assert "branch-2" in outcome.note
    assert {version.id for version in repository.log()} >= {first.id, second.id, outcome.version.id}


def test_the_named_branch_is_gone_on_with_where_several_end(repository: Repository, root: Path) -> None:
    version = repository.checkpoint("n.ipynb").version
    assert version is not None

    def standing() -> str | None:
        return repository.status().lines[0].branch

    repository.open_branch("aside", version.id)
    assert standing() == "aside"
    (root / "model.bin").write_bytes(b"lost edit")
    repository.restore("HEAD", notebook="n.ipynb")
    assert standing() == "aside"
    repository.restore("main", notebook="n.ipynb")
    assert standing() == "main"
    repository.restore(f"{version.line}/aside")
    assert standing() == "aside"
    repository.restore(version.id, branch="main")
    assert standing() == "main"
    repository.restore(version.id, branch="no such branch")
    assert standing() == "main"
    repository.restore("aside", ["model.bin"], notebook="n.ipynb")
    assert standing() == "main"
    repository.restore("aside", notebook="n.ipynb")
    (root / "model.bin").write_bytes(b"weights two")
    outcome = repository.checkpoint("n.ipynb")
    assert outcome.version is not None
    assert outcome.version.branch == "aside"
    assert repository.branches(version.line).branches == {"aside": outcome.version.id, "main": version.id}


@pytest.mark.usefixtures("sharing")
def test_a_large_file_comes_back_where_files_share_blocks(repository: Repository, root: Path) -> None:
    weights = os.urandom(9 * 2**20)
    (root / "model.bin").write_bytes(weights)
    first = repository.checkpoint("n.ipynb").version
    assert first is not None
    (root / "model.bin").write_bytes(weights[:-1000] + bytes(1000))
    repository.checkpoint("n.ipynb")
    done = repository.restore(first.id)
    assert done.written == ("model.bin",)
    assert (root / "model.bin").read_bytes() == weights


def test_a_restore_of_all_lines_leaves_out_those_that_began_later(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    assert first is not None
    for number in range(2):
        (root / "later.ipynb").write_bytes(notebook_bytes(f"number = {number}", ids="later"))
        assert repository.checkpoint("later.ipynb").version is not None
    (root / "model.bin").write_bytes(b"changed")
    plan = repository.plan_restore(first.id, everything=True)
    assert [write.path for write in plan.writes] == ["model.bin"]


def test_what_is_open_elsewhere_is_unfinished_until_it_is_acknowledged(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    assert first is not None
    (root / "n.ipynb").write_bytes(notebook_bytes("another"))
    done = repository.restore(first.id, open_documents=["n.ipynb"], document=notebook_bytes("another"))
    assert repository.unfinished_restores() == {done.id}
    repository.acknowledge(done.id)
    assert repository.unfinished_restores() == set()


def test_what_is_no_file_is_in_the_way_of_a_restore(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    assert first is not None
    (root / "model.bin").unlink()
    os.mkfifo(root / "model.bin")
    with pytest.raises(RestoreConflict, match=r"model\.bin"):
        repository.restore(first.id)
    (obstacle,) = repository.plan_restore(first.id).conflicts
    assert (obstacle.path, obstacle.reason) == ("model.bin", "model.bin is not a regular file")


def test_unsaved_edits_go_into_the_safety_version(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    assert first is not None
    edited = notebook_bytes("an edit that was never saved", ids="new")
    plan = repository.plan_restore(first.id, document=edited)
    assert plan.unsaved
    done = repository.restore(first.id, document=edited, open_documents=["n.ipynb"])
    assert done.documents == {"n.ipynb": (root / "n.ipynb").read_bytes()}
    repository.acknowledge(done.id)
    safety = repository.show(str(done.safety_version)).snapshot.artifact("n.ipynb")
    assert safety is not None
    assert safety.digest is not None
    assert repository.store.read(safety.digest) == edited


def test_restoring_one_notebook_leaves_the_other_alone(repository: Repository, root: Path) -> None:
    (root / "other.ipynb").write_bytes(notebook_bytes("open('b.csv'); open('data/train.csv')", ids="other"))
    (root / "b.csv").write_text("b1")
    first = repository.checkpoint("n.ipynb").version
    other = repository.checkpoint("other.ipynb").version
    assert first is not None
    assert other is not None
    assert first.line != other.line
    (root / "b.csv").write_text("b2")
    (root / "data" / "train.csv").write_text("changed")
    other_notebook = notebook_bytes("open('b.csv')", "more", ids="other")
    (root / "other.ipynb").write_bytes(other_notebook)
    plan = repository.plan_restore(first.id)
    assert plan.shared == {"data/train.csv": ("other.ipynb",)}
    repository.restore(first.id)
    assert (root / "b.csv").read_text() == "b2"
    assert (root / "other.ipynb").read_bytes() == other_notebook
    heads = {line.notebook: line.head for line in repository.status().lines}
    assert heads["other.ipynb"] == other.id


def test_a_renamed_notebook_keeps_its_line_and_restores_where_it_is_now(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    (root / "sub").mkdir()
    (root / "n.ipynb").rename(root / "sub" / "renamed.ipynb")
    (root / "model.bin").write_bytes(b"weights two")
    second = repository.checkpoint("sub/renamed.ipynb").version
    assert first is not None
    assert second is not None
    assert second.line == first.line
    assert second.parents == (first.id,)
    (root / "sub" / "renamed.ipynb").write_bytes(notebook_bytes("all new", ids="cell"))
    repository.restore(first.id)
    assert not (root / "n.ipynb").exists()
    assert b"train.csv" in (root / "sub" / "renamed.ipynb").read_bytes()


def test_a_new_notebook_at_an_old_path_is_a_line_of_its_own(repository: Repository, root: Path) -> None:
    (root / "n.ipynb").rename(root / "Untitled.ipynb")
    first = repository.checkpoint("Untitled.ipynb").version
    (root / "Untitled.ipynb").rename(root / "train.ipynb")
    (root / "Untitled.ipynb").write_bytes(notebook_bytes("something else", ids="fresh"))
    second = repository.checkpoint("Untitled.ipynb").version
    third = repository.checkpoint("train.ipynb")
    assert first is not None
    assert second is not None
    assert second.line != first.line
    assert third.unchanged or (third.version is not None and third.version.line == first.line)


def test_a_copied_notebook_is_a_line_of_its_own(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    shutil.copy(root / "n.ipynb", root / "copy.ipynb")
    second = repository.checkpoint("copy.ipynb").version
    assert first is not None
    assert second is not None
    assert first.line != second.line


def test_a_copied_folder_works(repository: Repository, root: Path, tmp_path: Path) -> None:
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    shutil.copytree(root, tmp_path / "copy")
    (tmp_path / "copy" / "model.bin").write_bytes(b"x")
    copy = Repository.open(tmp_path / "copy")
    copy.restore("HEAD")
    assert (tmp_path / "copy" / "model.bin").read_bytes() == b"weights one"
    assert (root / "model.bin").read_bytes() == b"weights one"
    assert copy.verify(read_data=True) == []


def test_one_file_of_a_version(repository: Repository, root: Path) -> None:
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (root / "model.bin").write_bytes(b"x")
    (root / "data" / "train.csv").write_text("y")
    repository.restore(version.id, ["data"])
    assert (root / "data" / "train.csv").read_text() == "a,b\n1,2\n"
    assert (root / "model.bin").read_bytes() == b"x"
    with pytest.raises(UnknownPath):
        repository.restore(version.id, ["nowhere"])
    with pytest.raises(OutsideWorkspace):
        repository.restore(version.id, ["../outside"])


def test_an_ignored_or_oversized_file_in_the_way_is_kept(root: Path) -> None:
    (root / "mlversion.toml").write_text("size_limit = '1 KB'\n")
    repository = Repository.open(root, create=True)
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (root / "model.bin").write_bytes(b"large" * 1000)
    again = repository.checkpoint("n.ipynb").version
    assert again is not None
    artifact = repository.show("HEAD").snapshot.artifact("model.bin")
    assert artifact is not None
    assert artifact.state == State.DIGEST_ONLY
    assert "size_limit" in artifact.reason
    done = repository.restore(version.id)
    assert (root / "model.bin").read_bytes() == b"weights one"
    repository.restore(str(done.safety_version))
    assert (root / "model.bin").read_bytes() == b"large" * 1000


def test_a_folder_in_the_way_is_a_conflict(repository: Repository, root: Path) -> None:
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (root / "model.bin").unlink()
    (root / "model.bin").mkdir()
    (root / "model.bin" / "inside").touch()
    with pytest.raises(RestoreConflict, match=r"model\.bin"):
        repository.restore(version.id)
    assert (root / "model.bin" / "inside").exists()


def test_names_of_versions(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("n.ipynb").version
    (root / "model.bin").write_bytes(b"2")
    second = repository.checkpoint("n.ipynb").version
    assert first is not None
    assert second is not None
    assert repository.resolve("HEAD") == repository.resolve("main") == repository.resolve(second.id[:10]) == second.id
    assert repository.resolve("HEAD~1") == first.id
    with pytest.raises(UnknownVersion):
        repository.resolve("HEAD~7")
    with pytest.raises(UnknownVersion):
        repository.resolve("mian")


def test_difference_with_the_workspace_and_between_versions(repository: Repository, root: Path) -> None:
    stage(repository, "s.1", loss=0.5)
    first = repository.join("s.1").version
    (root / "model.bin").write_bytes(b"2")
    stage(repository, "s.2", loss=0.25)
    second = repository.join("s.2").version
    assert first is not None
    assert second is not None
    difference = repository.diff(first.id, second.id)
    assert [change.path for change in difference.artifacts] == ["model.bin"]
    assert difference.metrics == {"loss": (0.5, 0.25)}
    assert repository.diff("HEAD").artifacts == ()
    (root / "model.bin").unlink()
    assert [change.change for change in repository.diff("HEAD").artifacts] == [Change.REMOVED]


def test_two_processes_and_two_notebooks_at_once(repository: Repository, root: Path) -> None:
    (root / "other.ipynb").write_bytes(notebook_bytes("o", ids="other"))
    for number in range(4):
        (root / "model.bin").write_bytes(b"%d" % number)
        stage(repository, f"a.{number}")
        stage(repository, f"b.{number}", notebook="other.ipynb")

    def join(session: str) -> None:
        own = Repository.open(root)
        for number in range(4):
            own.join(f"{session}.{number}")

    threads = [threading.Thread(target=join, args=(session,)) for session in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for notebook, session in (("n.ipynb", "a"), ("other.ipynb", "b")):
        messages = [version.message for version in reversed(repository.log(notebook))]
        assert messages == [f"message {session}.{number}" for number in range(4)]
    assert repository.verify(read_data=True) == []


def test_the_users_git_repository_is_untouched(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "n.ipynb").write_bytes(notebook_bytes("x"))
    (root / "code.py").write_text("a = 1\n")

    def git(*words: str) -> bytes:
        return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True).stdout

    git("init", "-q")
    git("add", "n.ipynb", "code.py")
    git("commit", "-qm", "start")
    (root / "code.py").write_text("a = 2\n")
    git("status")

    def state() -> tuple[bytes, bytes, bytes, os.stat_result]:
        index = root / ".git" / "index"
        return (
            git("for-each-ref"),
            index.read_bytes(),
            git("--no-optional-locks", "status", "--porcelain"),
            index.stat(),
        )

    before = state()
    repository = Repository.open(root, create=True)
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (root / "n.ipynb").write_bytes(notebook_bytes("y"))
    repository.checkpoint("n.ipynb")
    repository.restore(version.id)
    repository.verify(read_data=True)
    after = state()
    assert after[:2] == before[:2]
    assert after[2] == before[2]
    assert after[3].st_mtime_ns == before[3].st_mtime_ns
    code = repository.show(version.id).snapshot.code
    assert code.dirty
    assert code.diff is not None
    assert b"+a = 2" in repository.store.read(code.diff)


def test_a_damaged_chunk_is_named_with_its_versions_and_paths(repository: Repository, root: Path) -> None:
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (pack,) = [path for path in (root / ".mlversion" / "store").rglob("*.pack") if b"weights one" in path.read_bytes()]
    data = bytearray(pack.read_bytes())
    data[data.index(b"weights one")] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(bytes(data))
    damage = Repository.open(root).verify(read_data=True)
    assert any(finding.versions == (version.id,) and finding.paths == ("model.bin",) for finding in damage)


def test_doctor_speaks_of_an_empty_and_of_a_used_workspace(root: Path) -> None:
    assert any("no versions yet" in finding.what and finding.advice for finding in Repository.doctor(root))
    Repository.open(root, create=True).checkpoint("n.ipynb")
    assert any("newest version" in finding.what and finding.ok for finding in Repository.doctor(root))


def test_staged_checkpoints_are_not_settled_before_their_time(repository: Repository) -> None:
    stage(repository, "s.1")
    assert repository.status().staged == 1
    assert repository.settle() == []
    old = repository.staging.read("s.1")
    assert datetime.now(UTC) - old.checkpoint.time < timedelta(seconds=30)


def test_a_saved_notebook_is_restored_byte_for_byte(repository: Repository, root: Path) -> None:
    odd = nbformat.writes(new_notebook(cells=[]), indent=3).encode() + b"\n\n"
    (root / "n.ipynb").write_bytes(odd)
    os.utime(root / "n.ipynb", ns=(10**18, 10**18))
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (root / "n.ipynb").write_bytes(notebook_bytes("x"))
    repository.restore(version.id)
    assert (root / "n.ipynb").read_bytes() == odd
    assert (root / "n.ipynb").stat().st_mtime_ns == 10**18
