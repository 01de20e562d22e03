from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlversion.errors import DiskFull, FileFailure
from jupyter_mlversion.store.address import digest_of_bytes, digest_of_file, hash_of
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.plan import CHUNK, Cut, plain
from jupyter_mlversion.store.source import BytesSource, FileSource, pieces


@pytest.mark.parametrize(("size", "lengths"), [
    (0, []), (1, [1]), (CHUNK, [CHUNK]), (CHUNK + 1, [CHUNK, 1]), (2 * CHUNK, [CHUNK, CHUNK]),
])
def test_the_plain_plan(size: int, lengths: list[int]) -> None:
    assert [*plain(BytesSource(bytes(size)))] == [*map(Cut, lengths)]


def test_a_file_and_its_bytes_have_the_same_pieces(tmp_path: Path) -> None:
    data = os.urandom(10_000)
    (tmp_path / "file").write_bytes(data)
    cuts = (Cut(1), Cut(4000), Cut(5999))
    with (tmp_path / "file").open("rb") as file:
        file.seek(77)
        of_file = [bytes(view) for view in pieces(FileSource(file.fileno()), cuts)]
        assert file.tell() == 77
    assert of_file == [data[:1], data[1:4001], data[4001:]]
    assert of_file == [bytes(view) for view in pieces(BytesSource(data), cuts)]


def test_a_file_that_became_shorter_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    with path.open("rb+") as file:
        source = FileSource(file.fileno())
        assert source.held_still()
        file.truncate(4)
        assert [bytes(view) for view in pieces(source, (Cut(3), Cut(3)))] == [b"abc", b"d"]
        assert not source.held_still()


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    seen = []
    for size in (0, 1, CHUNK, 2 * CHUNK + 3):
        data = os.urandom(size)
        (tmp_path / "file").write_bytes(data)
        with (tmp_path / "file").open("rb") as file:
            assert digest_of_file(file.fileno(), lambda *told: seen.append(told)) == digest_of_bytes(data)
    assert seen[-1] == ("reading", 2 * CHUNK + 3, 2 * CHUNK + 3)
    assert digest_of_bytes(b"") == "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert hash_of(b"").hex() == digest_of_bytes(b"")[7:]


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path, Path("/dev/null")):
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with pytest.raises(FileFailure, match="not a regular file"):
            digest_of_file(fd)
        os.close(fd)


def test_a_file_that_cannot_be_read_is_a_file_failure(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    os.write(fd, b"abc")
    with pytest.raises(FileFailure, match="reading the file failed"):
        digest_of_file(fd)
    os.close(fd)
    with pytest.raises(FileFailure):
        digest_of_file(fd)


def test_no_space_is_told_apart() -> None:
    with pytest.raises(DiskFull, match="writing failed: No space left"), failures("writing"):
        raise OSError(28, "No space left on device")
    with pytest.raises(FileFailure, match=r"writing failed: Read-only.*\(/x\)"), failures("writing"):
        raise OSError(30, "Read-only file system", "/x")


def test_a_file_that_ends_where_a_piece_does_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    with path.open("rb+") as file:
        source = FileSource(file.fileno())
        file.truncate(3)
        assert [bytes(view) for view in pieces(source, (Cut(3), Cut(3)))] == [b"abc"]
        assert source.whole() == b"abc"
