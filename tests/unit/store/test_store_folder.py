from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store.folder import Folder

NAME = bytes(range(32))
WRITER = """
import sys
from pathlib import Path
from jupyter_mlversion.store.folder import Folder
print(Folder(Path(sys.argv[1])).grow()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "store" / "packs")


def test_a_folder_that_is_not_there_is_empty(folder: Folder) -> None:
    assert (folder.names(), folder.stamp(), folder.mark(), folder.reclaim()) == (set(), 0, 0, 0)
    assert not folder.path.exists()


def test_growing_files_are_no_packs_until_published(folder: Folder) -> None:
    fd, path = folder.grow()
    os.write(fd, b"12345")
    assert folder.names() == set()
    folder.publish(path, NAME)
    os.close(fd)
    assert folder.names() == {NAME}
    assert folder.pack(NAME).read_bytes() == b"12345"
    assert [*folder.path.iterdir()] == [folder.pack(NAME)]


def test_only_well_named_files_are_packs(folder: Folder) -> None:
    folder.path.mkdir(parents=True)
    for name in (NAME.hex(), NAME.hex().upper() + ".pack", "ab.pack", "x" * 64 + ".pack", NAME.hex() + ".pack.old"):
        (folder.path / name).touch()
    assert folder.names() == set()
    assert folder.misnamed() == {NAME.hex().upper() + ".pack", "ab.pack", "x" * 64 + ".pack"}


def test_the_file_of_a_living_writer_is_left_alone_and_that_of_a_dead_one_removed(folder: Folder) -> None:
    own, path = folder.grow()
    command = [sys.executable, "-c", WRITER, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        other = Path(writer.stdout.readline().strip())
        assert folder.reclaim() == 0
        assert other.exists()
        writer.kill()
        writer.wait()
        assert folder.reclaim() == 1
    assert not other.exists()
    assert path.exists()
    os.close(own)
    assert folder.reclaim() == 1
    assert not path.exists()


def test_finished_packs_are_never_reclaimed(folder: Folder) -> None:
    fd, path = folder.grow()
    folder.publish(path, NAME)
    os.close(fd)
    assert folder.reclaim() == 0
    assert folder.names() == {NAME}


def test_a_folder_that_cannot_be_made_is_a_file_failure(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(FileFailure, match="making a pack failed"):
        Folder(tmp_path / "store" / "packs").grow()


def test_a_growing_file_that_is_reclaimed_before_it_is_locked_is_begun_again(folder: Folder, monkeypatch) -> None:
    flock, removed = fcntl.flock, []

    def late(fd: int, how: int) -> None:
        if not removed:
            removed.extend(folder.path.iterdir())
            removed[0].unlink()
        flock(fd, how)

    monkeypatch.setattr(fcntl, "flock", late)
    fd, path = folder.grow()
    assert path.exists()
    assert path not in removed
    os.close(fd)


def test_a_growing_file_that_cannot_be_locked_is_removed(folder: Folder, monkeypatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(FileFailure, match="No locks available"):
        folder.grow()
    assert [*folder.path.iterdir()] == []


def test_a_leftover_that_somebody_else_reclaims_is_not_counted(folder: Folder, monkeypatch) -> None:
    fd, path = folder.grow()
    os.close(fd)
    entries = folder._entries()
    path.unlink()
    monkeypatch.setattr(folder, "_entries", lambda: entries)
    assert folder.reclaim() == 0
