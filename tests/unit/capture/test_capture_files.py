"""Files become artifacts, whatever they are and whatever happens to them meanwhile."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import socket
import stat
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mlversion.capture.writer import has_writer
from jupyter_mlversion.config import Config
from jupyter_mlversion.domain.artifact import Access, Role, State
from jupyter_mlversion.errors import Cancelled, FileFailure
from jupyter_mlversion.store import digest_of_bytes


@contextmanager
def as_nobody():
    """Run as a user whom permissions bind; tests may run as root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_is_stored_with_its_mode_and_time(workspace):
    file = workspace.write("data/train.csv", "a,b\n1,2\n", mode=0o755)
    artifact = workspace.capture("data/train.csv")["data/train.csv"]
    assert workspace.store.read(artifact.digest) == b"a,b\n1,2\n"
    status = file.stat()
    assert (artifact.size, artifact.mode, artifact.mtime_ns) == (8, status.st_mode, status.st_mtime_ns)
    assert (artifact.role, artifact.access, artifact.state, artifact.reason) == (Role.DATA, Access.READ, State.STORED,
                                                                                 "")


def test_absolute_and_relative_spellings_are_one_artifact(workspace):
    file = workspace.write("a/x.csv", "1\n")
    captured = workspace.capture(str(file), "a/x.csv", "a//./x.csv", "b/../a/x.csv", "./a/x.csv")
    assert list(captured) == ["a/x.csv"]


def test_what_was_seen_is_joined(workspace):
    from jupyter_mlversion.capture import files

    file = workspace.write("x.csv", "1\n")
    with workspace.store.batch() as batch:
        (artifact,) = files.capture(workspace.root, {"x.csv": Access.READ, str(file): Access.WRITTEN}, batch,
                                    store=workspace.store, config=Config(), index=workspace.index)
    assert artifact.access == Access.BOTH


def test_what_is_gone_and_what_is_a_folder_is_left_out(workspace):
    workspace.write("a/x.csv", "1\n")
    assert workspace.capture("gone.csv", "a", "a/x.csv/below", "nowhere/at/all", "", "nul\0byte") == {}


@pytest.mark.parametrize("path", [".git/config", ".mlversion/secret", "sub/.git/HEAD", "sub/.mlversion/x"])
def test_administration_is_never_captured(workspace, path):
    workspace.write(path, "x")
    assert workspace.capture(path, access=Access.TRACKED) == {}


def test_a_symlink_is_recorded_and_not_followed(workspace, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("outside")
    (workspace.root / "link").symlink_to(secret)
    captured = workspace.capture("link", access=Access.TRACKED)
    artifact = captured["link"]
    assert list(captured) == ["link"]
    assert artifact.is_symlink
    assert workspace.store.read(artifact.digest) == os.fsencode(secret)
    assert digest_of_bytes(b"outside") not in workspace.store


def test_a_broken_and_a_circular_symlink_are_recorded(workspace):
    (workspace.root / "broken").symlink_to("nowhere")
    (workspace.root / "a").symlink_to("b")
    (workspace.root / "b").symlink_to("a")
    captured = workspace.capture("broken", "a", "a/below/x.csv")
    assert {path: workspace.store.read(artifact.digest) for path, artifact in captured.items()} == {
        "broken": b"nowhere", "a": b"b", "b": b"a"}


def test_data_read_through_a_link_is_captured_where_it_is(workspace):
    workspace.write("raw/v1/data.csv", "1\n")
    (workspace.root / "raw/current").symlink_to("v1")
    (workspace.root / "data.csv").symlink_to("raw/current/data.csv")
    captured = workspace.capture("data.csv")
    assert list(captured) == ["data.csv", "raw/current", "raw/v1/data.csv"]
    assert workspace.store.read(captured["raw/v1/data.csv"].digest) == b"1\n"


def test_a_path_through_a_link_that_leads_out_is_outside(workspace, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.csv").write_text("far away")
    (workspace.root / "data").symlink_to(elsewhere)
    captured = workspace.capture("data/x.csv")
    outside = captured[str(elsewhere / "x.csv")]
    assert captured["data"].is_symlink
    assert outside.digest == digest_of_bytes(b"far away")
    assert outside.state == State.DIGEST_ONLY
    assert "outside the workspace" in outside.reason
    assert outside.digest not in workspace.store


def test_outside_files_keep_their_absolute_path(workspace, tmp_path):
    file = tmp_path / "big data.csv"
    file.write_text("1\n")
    captured = workspace.capture(str(file), "../big data.csv")
    assert list(captured) == [str(file)]
    assert captured[str(file)].state == State.DIGEST_ONLY


def test_a_workspace_behind_a_link_is_still_the_workspace(workspace, tmp_path):
    workspace.write("x.csv", "1\n")
    (tmp_path / "alias").symlink_to(workspace.root)
    assert list(workspace.capture(str(tmp_path / "alias" / "x.csv"), f"../{workspace.root.name}/x.csv")) == ["x.csv"]


def test_pipes_sockets_and_devices_never_block(workspace, tmp_path, monkeypatch):
    os.mkfifo(workspace.root / "pipe.csv")
    os.mkfifo(tmp_path / "outside")
    monkeypatch.chdir(workspace.root)
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    captured = workspace.capture("pipe.csv", "socket", "/dev/null", str(tmp_path / "outside"), access=Access.TRACKED)
    server.close()
    assert [(a.digest, a.state) for a in captured.values()] == [(None, State.DIGEST_ONLY)] * 4
    assert "a named pipe" in captured["pipe.csv"].reason
    assert "a socket" in captured["socket"].reason
    assert "a device" in captured["/dev/null"].reason


@pytest.fixture
def open_workspace(workspace):
    """A workspace that other users reach: pytest's folders are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield type(workspace)(Path(folder) / "work")


def test_an_unreadable_file_says_so(open_workspace, monkeypatch):
    file = open_workspace.write("private.csv", "1\n", mode=0)
    open_workspace.write("closed/x.csv", "1\n")
    (open_workspace.root / "closed").chmod(0o600)
    monkeypatch.setattr(open_workspace.index, "digests_for", lambda _: {})  # the other user may not read ours
    monkeypatch.setattr(open_workspace.index, "remember_many", lambda *_, **__: None)
    with open_workspace.store.batch() as batch, as_nobody():
        captured = open_workspace.capture("private.csv", "closed/x.csv", batch=batch)
    private = captured["private.csv"]
    assert {(a.digest, a.state, a.reason) for a in captured.values()} == {
        (None, State.DIGEST_ONLY, "cannot be read: permission denied")}
    assert private.size == file.stat().st_size


def test_a_large_file_is_recorded_by_its_digest(workspace):
    workspace.write("big.bin", b"x" * 3000)
    workspace.write("fits.bin", b"x" * 2000)
    config = Config(size_limit=2000)
    captured = workspace.capture("big.bin", "fits.bin", config=config)
    big = captured["big.bin"]
    assert (big.state, big.size, big.digest) == (State.DIGEST_ONLY, 3000, digest_of_bytes(b"x" * 3000))
    assert "raise size_limit in mlversion.toml" in big.reason
    assert big.digest not in workspace.store
    assert captured["fits.bin"].state == State.STORED
    assert workspace.capture("big.bin", config=config, unlimited=True)["big.bin"].state == State.STORED
    assert workspace.store.read(big.digest) == b"x" * 3000


def test_unchanged_files_are_not_read_again(workspace, monkeypatch):
    from jupyter_mlversion.index import stats

    monkeypatch.setattr(stats, "is_racy", lambda *_: False)
    workspace.write("x.csv", "1\n")
    first = workspace.capture("x.csv")
    monkeypatch.setattr(os, "open", _only_folders(os.open))
    assert workspace.capture("x.csv") == first


def _only_folders(real):
    def opened(path, flags, *args, **keywords):
        assert flags & os.O_DIRECTORY or "x.csv" not in str(path), f"{path} was opened"
        return real(path, flags, *args, **keywords)

    return opened


def test_a_mapped_file_that_changes_and_looks_the_same_is_read_again(workspace):
    path = workspace.write("array", bytes(5000))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:3] = b"one"
        file.close()  # the mapping is enough
        _age(path)
        looked = path.stat()
        assert workspace.capture("array")["array"].digest == digest_of_bytes(path.read_bytes())
        mapped[:3] = b"two"
        assert path.stat().st_mtime_ns == looked.st_mtime_ns  # a page that waits for the disk: nothing tells
        assert workspace.capture("array")["array"].digest == digest_of_bytes(b"two" + bytes(4997))
    assert workspace.capture("array")["array"].digest == digest_of_bytes(b"two" + bytes(4997))
    assert workspace.read_bytes == 5000
    workspace.capture("array")
    assert workspace.index.digest_for("array", path.stat()) is not None  # nobody writes to it any more


def _age(path):
    """Let the times of a file be so long ago that the stat cache takes it."""
    while time.time_ns() - path.stat().st_ctime_ns < 200_000_000:
        time.sleep(0.01)


def test_without_leases_every_file_is_taken_to_have_no_writer(workspace, monkeypatch):
    path = workspace.write("file", b"data")
    with path.open("rb") as file, path.open("r+b"):
        assert has_writer(file.fileno())
        monkeypatch.delattr(fcntl, "F_SETLEASE")
        assert not has_writer(file.fileno())


def test_known_but_not_stored_is_read_again(workspace, monkeypatch):
    from jupyter_mlversion.index import stats

    monkeypatch.setattr(stats, "is_racy", lambda *_: False)
    workspace.write("x.bin", b"y" * 3000)
    digest = workspace.capture("x.bin", config=Config(size_limit=10))["x.bin"].digest
    assert workspace.capture("x.bin")["x.bin"].state == State.STORED
    assert workspace.store.read(digest) == b"y" * 3000


def test_a_failed_batch_leaves_nothing_believed(workspace, monkeypatch):
    from jupyter_mlversion.index import stats

    monkeypatch.setattr(stats, "is_racy", lambda *_: False)
    workspace.write("x.csv", "1\n")
    with pytest.raises(KeyError), workspace.store.batch() as batch:
        raise KeyError(workspace.capture("x.csv", batch=batch))
    artifact = workspace.capture("x.csv")["x.csv"]
    assert workspace.store.read(artifact.digest) == b"1\n"


class Disturbed:
    """A batch during whose puts something happens to the file."""

    def __init__(self, batch, disturb):
        self._batch = batch
        self._disturb = disturb

    def put_file(self, fd, progress, beside):
        def disturbed(phase, done, total):
            self._disturb()
            progress(phase, done, total)

        return self._batch.put_file(fd, disturbed, beside)

    def put_bytes(self, data):
        return self._batch.put_bytes(data)


def test_a_file_that_never_holds_still_is_unstable(workspace):
    file = workspace.write("x.bin", b"z" * 3_000_000)

    def append():
        with file.open("ab") as opened:
            opened.write(b"more")

    with workspace.store.batch() as batch:
        artifact = workspace.capture("x.bin", batch=Disturbed(batch, append))["x.bin"]
    assert artifact.state == State.UNSTABLE
    assert "changed while it was read" in artifact.reason
    assert len(workspace.store.read(artifact.digest)) == artifact.size


def test_a_file_replaced_while_it_is_read_is_captured_as_it_was(workspace):
    file = workspace.write("x.bin", b"old" * 100_000)

    def replace():
        (workspace.root / "new").write_bytes(b"new")
        (workspace.root / "new").rename(file)

    with workspace.store.batch() as batch:
        artifact = workspace.capture("x.bin", batch=Disturbed(batch, replace))["x.bin"]
    assert workspace.store.read(artifact.digest) in {b"old" * 100_000, b"new"}


def test_a_folder_swapped_for_a_link_is_not_followed(workspace, tmp_path, monkeypatch):
    """Between locating a path and opening it, its folder becomes a link that leads out."""
    from jupyter_mlversion.capture.tree import Tree

    workspace.write("data/x.csv", "inside")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.csv").write_text("secret")
    locate = Tree.locate

    def locate_and_swap(self, path):
        place = locate(self, path)
        (workspace.root / "data").rename(workspace.root / "moved")
        (workspace.root / "data").symlink_to(elsewhere)
        return place

    monkeypatch.setattr(Tree, "locate", locate_and_swap)
    assert workspace.capture("data/x.csv") == {}
    assert digest_of_bytes(b"secret") not in workspace.store


def test_a_file_swapped_for_a_link_or_a_pipe_is_not_followed(workspace, tmp_path, monkeypatch):
    from jupyter_mlversion.capture.tree import Tree

    (tmp_path / "secret").write_text("secret")
    opened = Tree.open
    for swap in (lambda path: path.symlink_to(tmp_path / "secret"), os.mkfifo):
        file = workspace.write("x.csv", "inside")

        def swap_and_open(self, path, swap=swap, file=file):
            file.unlink()
            swap(file)
            return opened(self, path)

        monkeypatch.setattr(Tree, "open", swap_and_open)
        artifact = workspace.capture("x.csv").get("x.csv")
        assert artifact is None or artifact.digest is None
        file.unlink()
    assert digest_of_bytes(b"secret") not in workspace.store


def test_cancelling_stops(workspace):
    from jupyter_mlversion.capture import files

    workspace.write("x.csv", "1\n")

    def cancel(phase, done, total):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled), workspace.store.batch() as batch:
        files.capture(workspace.root, {"x.csv": Access.READ}, batch, store=workspace.store, config=Config(),
                      index=workspace.index, progress=cancel)
    assert digest_of_bytes(b"1\n") not in workspace.store


def test_no_workspace_is_a_clear_failure(workspace, tmp_path):
    from jupyter_mlversion.capture import files

    with pytest.raises(FileFailure, match="cannot be opened"):
        files.capture(tmp_path / "nowhere", {}, None, store=workspace.store, config=Config(), index=workspace.index)


def test_a_read_error_of_one_file_does_not_cost_the_others(workspace, monkeypatch):
    from jupyter_mlversion.capture.tree import Tree

    workspace.write("bad.csv", "1\n")
    workspace.write("good.csv", "2\n")
    opened = Tree.open

    def fail(self, path):
        if path == "bad.csv":
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return opened(self, path)

    monkeypatch.setattr(Tree, "open", fail)
    captured = workspace.capture("bad.csv", "good.csv")
    assert captured["bad.csv"].digest is None
    assert "cannot be read" in captured["bad.csv"].reason
    assert captured["good.csv"].state == State.STORED


@pytest.mark.parametrize("limit", [10, 10**9])
def test_a_disk_error_in_one_file_does_not_cost_the_others(workspace, monkeypatch, limit):
    bad = workspace.write("bad.bin", b"x" * 100).stat()
    workspace.write("good.csv", "2\n")

    def failing(read):
        def fail(fd, *args):
            if os.fstat(fd).st_ino == bad.st_ino:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return read(fd, *args)

        return fail

    for name in ("pread", "preadv"):
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    captured = workspace.capture("bad.bin", "good.csv", config=Config(size_limit=limit))
    assert (captured["bad.bin"].digest, captured["bad.bin"].state) == (None, State.DIGEST_ONLY)
    assert captured["bad.bin"].reason == "cannot be read: Input/output error"
    assert workspace.store.read(captured["good.csv"].digest) == b"2\n"


def test_a_failing_store_is_not_mistaken_for_an_unreadable_file(workspace):
    workspace.write("x.csv", "1\n")

    class Broken:
        def put_file(self, fd, progress, beside):
            raise FileFailure("the store cannot be written")

        def put_bytes(self, data):
            raise FileFailure("the store cannot be written")

    workspace.write("large.csv", "1\n" * 100_000)
    for path in ("x.csv", "large.csv"):
        with pytest.raises(FileFailure, match="store"):
            workspace.capture(path, batch=Broken())


@pytest.mark.parametrize("more", [b"more", b"m" * 100_000])
def test_a_small_file_that_grows_while_it_is_read_is_read_again(workspace, monkeypatch, more):
    file = workspace.write("x.bin", b"z" * 3000)
    real, grown = os.pread, []

    def pread(fd, count, offset):
        data = real(fd, count, offset)
        if not grown:
            grown.append(file.open("ab").write(more))
        return data

    monkeypatch.setattr(os, "pread", pread)
    artifact = workspace.capture("x.bin")["x.bin"]
    assert grown
    assert artifact.state == State.STORED
    assert workspace.store.read(artifact.digest) == b"z" * 3000 + more
    assert artifact.size == 3000 + len(more)


def test_no_descriptor_is_left_open(workspace):
    workspace.write("a/b/c/x.csv", "1\n")
    os.mkfifo(workspace.root / "pipe")
    workspace.capture("a/b/c/x.csv", "pipe", "a/gone")
    workspace.capture("a/b/c/x.csv", "pipe", "a/gone", "a/b/x/y")
    links = [Path("/proc/self/fd", number) for number in os.listdir("/proc/self/fd")]
    opened = [os.readlink(link) for link in links if os.path.lexists(link)]
    ours = [path for path in opened if path.startswith(str(workspace.root)) and ".mlversion" not in path]
    assert ours == []


def test_special_modes_are_kept(workspace):
    workspace.write("run.sh", "#!/bin/sh\n", mode=0o4711)
    assert stat.S_IMODE(workspace.capture("run.sh")["run.sh"].mode) == 0o4711
