"""The workspace's present files as a source of chunks, and contents that are stored again."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlversion.repository.repair import WorkspaceSource, store_again
from jupyter_mlversion.store import Store, digest_of_bytes

DATA = b"0123456789" * 100
WHOLE = digest_of_bytes(DATA)


def users(*paths: str) -> dict:
    return {WHOLE: ({"v"}, set(paths))}


def test_pieces_come_from_where_versions_have_the_content(tmp_path: Path) -> None:
    (tmp_path / "b.bin").write_bytes(DATA)
    source = WorkspaceSource(tmp_path, users("a.bin", "b.bin", "/etc/passwd", "metrics of a run"))
    assert source.piece(WHOLE, 10, 5) == b"01234"
    assert source.piece(WHOLE, 0, None) == DATA
    assert source.piece(WHOLE, 990, 20) is None
    assert source.piece(digest_of_bytes(b"other"), 0, 1) is None
    assert source.paths(WHOLE) == ["a.bin", "b.bin", "metrics of a run"]


def test_a_whole_file_is_compared_before_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"changed")
    (tmp_path / "b.bin").write_bytes(DATA)
    assert WorkspaceSource(tmp_path, users("a.bin")).piece(WHOLE, 0, None) is None
    assert WorkspaceSource(tmp_path, users("a.bin", "b.bin")).piece(WHOLE, 0, None) == DATA


def test_links_pipes_and_folders_are_neither_followed_nor_waited_for(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(DATA)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    source = WorkspaceSource(tmp_path, users("link", "pipe", "folder", "gone"))
    assert source.piece(WHOLE, 0, 10) is None


def test_only_what_is_the_same_is_stored_again(tmp_path: Path) -> None:
    link = digest_of_bytes(b"target")
    wanted = {WHOLE: ({"v"}, {"a.bin", "b.bin", "gone"}), link: ({"v"}, {"link", "other"})}
    (tmp_path / "a.bin").write_bytes(b"changed")
    (tmp_path / "b.bin").write_bytes(DATA)
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "other").symlink_to("elsewhere")
    store = Store(tmp_path / "store")
    store_again(tmp_path, store, wanted)
    assert store.read(WHOLE) == DATA
    assert store.read(link) == b"target"
    assert digest_of_bytes(b"changed") not in store
    assert digest_of_bytes(b"elsewhere") not in store
