from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from jupyter_mlversion.store import Store, digest_of_bytes, mount


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    """Have the file system of a folder be of another kind."""
    device = folder.stat().st_dev
    mounts = folder / "mountinfo"
    mounts.write_text(f"22 1 0:99999 / /other rw - nfs4 server:/x rw\n"
                      f"23 1 {device >> 8 & 0xfff}:{device & 0xff | device >> 12 & 0xfff00} / / rw - {kind} dev rw\n")
    monkeypatch.setattr(mount, "_MOUNTS", mounts)


@pytest.mark.parametrize(("kind", "network"), [
    ("ext4", False), ("btrfs", False), ("tmpfs", False), ("fuse.lxcfs", False),
    ("nfs", True), ("nfs4", True), ("cifs", True), ("9p", True), ("fuse.sshfs", True), ("fuse.rclone", True),
])
def test_the_kind_of_a_file_system(tmp_path: Path, monkeypatch, kind: str, network: bool) -> None:
    pretend(monkeypatch, tmp_path, kind)
    assert mount.kind_of(tmp_path) == kind
    assert mount.is_network(tmp_path) == network


def test_what_cannot_be_told_is_no_network(tmp_path: Path, monkeypatch) -> None:
    assert mount.kind_of(tmp_path / "nowhere") == ""
    (tmp_path / "mountinfo").write_text("short\n")
    monkeypatch.setattr(mount, "_MOUNTS", tmp_path / "mountinfo")
    assert not mount.is_network(tmp_path)


@pytest.mark.parametrize(("kind", "mode"), [("ext4", "wal"), ("nfs4", "delete")])
def test_there_is_no_write_ahead_log_where_other_machines_write(tmp_path: Path, monkeypatch, kind, mode) -> None:
    pretend(monkeypatch, tmp_path, kind)
    store = Store(tmp_path / "store")
    for data in (b"one", b"two"):
        with store.batch() as batch:
            batch.put_bytes(data)
    logs = list((tmp_path / "store").glob("index.sqlite-*"))
    assert bool(logs) == (mode == "wal")
    store.close()
    with sqlite3.connect(tmp_path / "store" / "index.sqlite") as db:
        assert db.execute("pragma journal_mode").fetchone() == (mode,)
        assert (db.execute("select stamp from state").fetchone()[0] is None) == (mode == "delete")
    db.close()
    other = Store(tmp_path / "store")
    assert other.read(digest_of_bytes(b"two")) == b"two"
    assert other.verify(read_data=True) == []
