"""What the workspace holds, one path at a time and many at once."""

from __future__ import annotations

import os
import time

import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.index import Index
from jupyter_mlversion.repository.present import Present
from jupyter_mlversion.store import digest_of_bytes


@pytest.fixture
def present(tmp_path):
    index = Index(tmp_path / "index.sqlite")
    yield Present(tmp_path, index)
    index.close()


def test_many_at_once_are_each_as_alone(present, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "link").symlink_to("sub/a")
    os.mkfifo(tmp_path / "pipe")
    paths = ["sub/a", "b", "link", "gone", "sub", "b/below"]
    found = present.digests([*paths, "pipe"])
    assert found == {path: present.digest(path) for path in paths}
    assert found["sub/a"] == digest_of_bytes(b"a")
    assert found["link"] == digest_of_bytes(b"sub/a")
    assert found["gone"] is found["sub"] is found["b/below"] is None
    with pytest.raises(FileFailure):
        present.digest("pipe")


def test_what_can_be_kept(present, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("gone")
    os.mkfifo(tmp_path / "pipe")
    assert [bool(present.why_not_keepable(path)) for path in ("file", "link", "gone", "pipe")] == [
        False, False, False, True]


def test_what_the_stat_cache_knows_is_not_read(present, tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    believed = digest_of_bytes(b"what the index says")
    present._index.remember("a", (tmp_path / "a").stat(), believed, at_ns=time.time_ns() + 10**11)
    assert present.digests(["a"]) == {"a": believed}


def test_what_cannot_be_looked_at_is_left_out(present, tmp_path):
    assert present.digests(["a" * 300, "b"]) == {"b": None}
    with pytest.raises(FileFailure):
        present.digest("a" * 300)


def test_artifacts_as_their_files_are_now(present, tmp_path):
    names = ["same", "changed", "gone", "folder", "link", "pipe"]
    for name in names:
        (tmp_path / name).write_text(name)
    known = [Artifact(name, Role.DATA, Access.READ, digest_of_bytes(name.encode()), 1, 0, 0) for name in names]
    known.append(Artifact("/outside", Role.DATA, Access.READ, None, 1, 0, 0))
    (tmp_path / "changed").write_text("otherwise")
    for name in ("gone", "folder", "link", "pipe"):
        (tmp_path / name).unlink()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("same")
    os.mkfifo(tmp_path / "pipe")
    found = {artifact.path: artifact for artifact in present.artifacts(known)}
    assert list(found) == ["same", "changed", "link", "pipe", "/outside"]
    assert found["changed"].digest == digest_of_bytes(b"otherwise")
    assert (found["changed"].size, found["changed"].mode) == (9, (tmp_path / "changed").stat().st_mode)
    assert found["link"].digest == digest_of_bytes(b"same")
    assert found["pipe"] == known[5]
    assert found["/outside"] == known[6]
