"""Renames, restores and late joins in unlucky orders: versions stay on their line, nothing goes to a dead path."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.version import Checkpoint, Document, Trigger
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.restore.notebook import content_for_front_end


def book(*sources: str, ids: str = "c") -> bytes:
    """A notebook with one cell a source."""
    cells = []
    for number, source in enumerate(sources):
        cell = new_code_cell(source)
        cell["id"] = f"{ids}-{number}"
        cells.append(cell)
    return document_bytes(new_notebook(cells=cells))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one notebook."""
    (tmp_path / "a.ipynb").write_bytes(book("one"))
    (tmp_path / "m.bin").write_bytes(b"1")
    return tmp_path


@pytest.fixture
def repository(root: Path) -> Repository:
    """Its repository."""
    return Repository.open(root, create=True)


def stage(repository: Repository, key: str, notebook: str = "a.ipynb", cell_id: str = "c-0", **seen: Access) -> None:
    """What a kernel does after a tagged cell; `seen` maps file stems (``.bin``) to access."""
    files = {f"{stem}.bin": access for stem, access in (seen or {"m": Access.WRITTEN}).items()}
    checkpoint = Checkpoint(key, Trigger.CELL, datetime.now(UTC), key, notebook, cell_id)
    repository.stage(checkpoint, Seen(files))


def join(repository: Repository, key: str, **words: object) -> str:
    """The full id of the version."""
    version = repository.join(key, **words).version
    assert version is not None
    return version.id


def line(repository: Repository) -> tuple[str | None, str | None]:
    """Head and branch of the only line."""
    (status,) = repository.status().lines
    return status.head, status.branch


def test_a_kernel_that_knows_an_old_name_still_finds_its_notebook(repository: Repository, root: Path) -> None:
    first = (stage(repository, "s.1"), join(repository, "s.1"))[1]
    (root / "a.ipynb").rename(root / "b.ipynb")
    repository.moved("a.ipynb", "b.ipynb")
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    second = join(repository, "s.2", document=book("two"), notebook="b.ipynb")
    (root / "m.bin").write_bytes(b"3")
    stage(repository, "s.3")
    third = repository.join("s.3").version
    assert third is not None
    assert (third.notebook, third.document, third.parents) == ("b.ipynb", Document.AS_SAVED, (second,))
    assert len({version.line for version in repository.log()}) == 1
    assert first != second


def test_undo_after_a_rename_writes_where_the_notebook_is(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("a.ipynb").version
    (root / "a.ipynb").rename(root / "b.ipynb")
    (root / "b.ipynb").write_bytes(book("one", "two"))
    second = repository.checkpoint("b.ipynb").version
    assert first is not None
    assert second is not None
    assert second.line == first.line
    done = repository.restore(first.id)
    assert (root / "b.ipynb").read_bytes() == book("one")
    repository.restore(done.safety_version)
    assert (root / "b.ipynb").read_bytes() == book("one", "two")
    assert not (root / "a.ipynb").exists()


def test_a_renamed_notebook_keeps_the_files_it_carried(repository: Repository, root: Path) -> None:
    (root / "d.bin").write_bytes(b"data")
    stage(repository, "s.1", d=Access.READ, m=Access.WRITTEN)
    join(repository, "s.1")
    (root / "a.ipynb").rename(root / "b.ipynb")
    repository.moved("a.ipynb", "b.ipynb")
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "t.1")
    version = join(repository, "t.1", document=book("two"), notebook="b.ipynb")
    assert repository.show(version).snapshot.artifact("d.bin") is not None


def test_a_checkpoint_of_a_renamed_notebook_is_not_given_to_the_new_one_at_its_path(
    repository: Repository, root: Path
) -> None:
    stage(repository, "s.1")
    join(repository, "s.1")
    (root / "a.ipynb").rename(root / "p.ipynb")
    repository.moved("a.ipynb", "p.ipynb")
    (root / "a.ipynb").write_bytes(book("another notebook", ids="fresh"))
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    version = repository.join("s.2").version
    assert version is not None
    assert version.notebook == "p.ipynb"
    assert repository.line_of("p.ipynb") == version.line
    assert repository.line_of("a.ipynb") != version.line


def test_a_notebook_renamed_onto_a_deleted_one_keeps_its_own_line(repository: Repository, root: Path) -> None:
    (root / "draft.ipynb").write_bytes(book("draft", ids="draft"))
    final = repository.checkpoint("a.ipynb").version
    draft = repository.checkpoint("draft.ipynb").version
    (root / "a.ipynb").unlink()
    (root / "draft.ipynb").rename(root / "a.ipynb")
    repository.moved("draft.ipynb", "a.ipynb")
    (root / "a.ipynb").write_bytes(book("draft", "more", ids="draft"))
    version = repository.checkpoint("a.ipynb").version
    assert final is not None
    assert draft is not None
    assert version is not None
    assert version.line == draft.line


def test_a_notebook_with_nothing_in_common_starts_a_line(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("a.ipynb").version
    (root / "a.ipynb").write_bytes(book("entirely", "new", ids="fresh"))
    second = repository.checkpoint("a.ipynb").version
    assert first is not None
    assert second is not None
    assert second.line != first.line
    assert repository.line_of("a.ipynb") == second.line


def test_fresh_cell_ids_alone_make_no_new_line(repository: Repository, root: Path) -> None:
    first = repository.checkpoint("a.ipynb").version
    (root / "backup.ipynb").write_bytes((root / "a.ipynb").read_bytes())
    (root / "a.ipynb").write_bytes(book("one", ids="fresh"))
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.1", cell_id="fresh-0")
    second = repository.join("s.1").version
    assert first is not None
    assert second is not None
    assert second.line == first.line


def test_what_was_only_read_is_not_removed(repository: Repository, root: Path) -> None:
    (root / "test.bin").write_bytes(b"it was always there")
    stage(repository, "s.1")
    first = join(repository, "s.1")
    (root / "made.bin").write_bytes(b"made later")
    stage(repository, "s.2", m=Access.WRITTEN, test=Access.READ, made=Access.WRITTEN)
    join(repository, "s.2")
    done = repository.restore(first)
    assert done.plan.removes == ("made.bin",)
    assert (root / "test.bin").exists()
    repository.restore(done.safety_version)
    assert (root / "made.bin").read_bytes() == b"made later"


def test_undo_removes_what_the_restore_brought(repository: Repository, root: Path) -> None:
    (root / "d.bin").write_bytes(b"read")
    stage(repository, "s.1", d=Access.READ, m=Access.WRITTEN)
    first = join(repository, "s.1")
    (root / "d.bin").unlink()
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    join(repository, "s.2")
    for paths in ([], ["d.bin"]):
        done = repository.restore(first, paths)
        assert (root / "d.bin").read_bytes() == b"read"
        repository.restore(done.safety_version)
        assert not (root / "d.bin").exists()
        assert (root / "m.bin").read_bytes() == b"2"


def test_what_is_staged_comes_before_a_restore(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    first = join(repository, "s.1")
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    repository.restore(first)
    second = repository.join("s.2").version
    assert second is not None
    assert (second.branch, second.parents) == ("main", (first,))
    assert line(repository) == (first, None)
    assert (root / "m.bin").read_bytes() == b"1"


def test_order_holds_over_a_restart_of_the_kernel(repository: Repository, root: Path) -> None:
    stage(repository, "old.1")
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "new.1")
    second = join(repository, "new.1", document=book("two"))
    first = join(repository, "old.1")
    assert [version.id for version in repository.log()] == [second, first]
    assert line(repository) == (second, "main")
    (root / "m.bin").write_bytes(b"3")
    stage(repository, "new.2")
    (root / "m.bin").write_bytes(b"4")
    fourth = repository.checkpoint("a.ipynb").version
    assert fourth is not None
    assert [version.message for version in repository.log()] == ["", "new.2", "new.1", "old.1"]


def test_one_bad_record_does_not_hold_up_the_others(repository: Repository, root: Path) -> None:
    (root / "folder.ipynb").mkdir()
    stage(repository, "bad.1", notebook="folder.ipynb")
    stage(repository, "s.1")
    repository.settle(older_than=0)
    assert "s.1" in {version.message for version in repository.log()}


def test_a_version_without_its_notebook_never_removes_it(repository: Repository, root: Path) -> None:
    (root / "a.ipynb").write_text("<<<<<<< merge markers")
    stage(repository, "s.1")
    first = repository.join("s.1").version
    assert first is not None
    assert first.document == Document.NONE
    (root / "a.ipynb").write_bytes(book("mended"))
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    join(repository, "s.2")
    assert repository.restore(first.id).removed == ()
    assert (root / "a.ipynb").read_bytes() == book("mended")


def test_undo_of_everything_brings_the_other_notebooks_back(repository: Repository, root: Path) -> None:
    (root / "b.ipynb").write_bytes(book("b one", ids="b"))
    repository.checkpoint("b.ipynb")
    first = repository.checkpoint("a.ipynb").version
    assert first is not None
    (root / "b.ipynb").rename(root / "c.ipynb")
    repository.moved("b.ipynb", "c.ipynb")
    newer = book("b one", "newer edits", ids="b")
    (root / "c.ipynb").write_bytes(newer)
    done = repository.restore(first.id, everything=True)
    assert (root / "c.ipynb").read_bytes() == book("b one", ids="b")
    assert not (root / "b.ipynb").exists()
    repository.restore(done.safety_version)
    assert (root / "c.ipynb").read_bytes() == newer


def test_the_safety_version_is_what_was_there_even_when_nothing_had_to_be_written(
    repository: Repository, root: Path
) -> None:
    stage(repository, "s.1")
    first = join(repository, "s.1")
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    join(repository, "s.2")
    (root / "m.bin").write_bytes(b"1")
    done = repository.restore(first)
    repository.restore(done.safety_version)
    assert (root / "m.bin").read_bytes() == b"1"


def test_a_document_that_was_saved_since_is_not_overwritten(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    first = join(repository, "s.1", document=book("one"))
    (root / "a.ipynb").write_bytes(book("two"))
    (root / "m.bin").write_bytes(b"2")
    stage(repository, "s.2")
    join(repository, "s.2")
    repository.restore(first, document=book("two"), open_documents=["a.ipynb"])
    (root / "a.ipynb").write_bytes(book("one", "worked on"))
    repository._restorer.journal.recover(repository._restorer.move_head, older_than=0)  # time passes
    assert (root / "a.ipynb").read_bytes() == book("one", "worked on")


def test_difference_with_the_workspace_knows_later_files_and_permissions(repository: Repository, root: Path) -> None:
    stage(repository, "s.1")
    first = join(repository, "s.1")
    (root / "n.bin").write_bytes(b"n")
    stage(repository, "s.2", m=Access.WRITTEN, n=Access.WRITTEN)
    join(repository, "s.2")
    assert [(change.path, change.change) for change in repository.diff(first).artifacts] == [("n.bin", Change.ADDED)]
    assert repository.status().changed == ()
    (root / "m.bin").chmod(0o755)
    assert [change.path for change in repository.status().changed] == ["m.bin"]


def test_bytes_that_are_in_no_version_are_preserved(repository: Repository, root: Path) -> None:
    before = (root / "a.ipynb").read_bytes()
    kept = repository.preserve("a.ipynb", "before execute")
    assert kept is not None
    (root / "a.ipynb").write_bytes(book("overwritten"))
    assert [version.id for version in repository.log("a.ipynb")] == [kept]
    repository.restore(kept)
    assert (root / "a.ipynb").read_bytes() == before
    version = repository.checkpoint("a.ipynb").version
    assert version is not None
    assert version.branch == "main"
    assert repository.preserve("a.ipynb", "again") is None
    assert repository.preserve("nothing.ipynb", "none") is None
    (root / "folder").mkdir()
    for path in ("folder", ".git/config"):
        (root / ".git").mkdir(exist_ok=True)
        (root / ".git" / "config").touch()
        with pytest.raises(FileFailure):
            repository.preserve(path, "no")


def test_the_document_of_one_notebook_is_never_taken_for_another(repository: Repository, root: Path) -> None:
    (root / "b.ipynb").write_bytes(book("b", ids="b"))
    other = repository.checkpoint("b.ipynb").version
    repository.checkpoint("a.ipynb")
    assert other is not None
    unversioned = book("b", "never checkpointed", ids="b")
    (root / "b.ipynb").write_bytes(unversioned)
    done = repository.restore(other.id, document=book("text of a"), notebook="a.ipynb")
    assert (root / "b.ipynb").read_bytes() == book("b", ids="b")
    repository.restore(done.safety_version)
    assert (root / "b.ipynb").read_bytes() == unversioned


def test_an_odd_notebook_is_restored_while_it_is_open(repository: Repository, root: Path) -> None:
    cell = b'{"cell_type": "code", "id": "c-0", "source": "x", "metadata": {}, "outputs": [], "stray": 1}'
    odd = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [' + cell + b"]}"
    (root / "a.ipynb").write_bytes(odd)
    stage(repository, "s.1")
    first = join(repository, "s.1")
    assert repository.show(first).version.document == Document.AS_SAVED
    (root / "a.ipynb").write_bytes(book("two"))
    done = repository.restore(first, document=book("two"), open_documents=["a.ipynb"], notebook="a.ipynb")
    assert content_for_front_end(done.documents["a.ipynb"])["cells"][0]["source"] == "x"
    repository.acknowledge(done.id)
    assert repository.show(done.safety_version).version.document == Document.LIVE
