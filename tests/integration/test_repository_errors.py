"""Bad input and bad luck: a clear error, and nothing lost or half written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.errors import (
    CorruptChunk,
    CorruptHistory,
    FileFailure,
    InvalidConfig,
    InvalidNotebook,
    MissingGit,
    OutsideWorkspace,
    QuotaReached,
    UnknownPath,
)
from jupyter_mlversion.repository import Repository

as_root = os.geteuid() == 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a notebook that names a table."""
    cell = new_code_cell("open('data.csv')")
    (tmp_path / "n.ipynb").write_bytes(document_bytes(new_notebook(cells=[cell])))
    (tmp_path / "data.csv").write_text("a\n1\n")
    return tmp_path


@pytest.fixture
def repository(root: Path) -> Repository:
    """Its repository, with one version."""
    repository = Repository.open(root, create=True)
    assert repository.checkpoint("n.ipynb").version is not None
    return repository


def sound(root: Path, versions: int) -> None:
    """The workspace's repository has so many versions, all of them whole."""
    repository = Repository.open(root)
    assert len(repository.log()) == versions
    assert repository.verify(read_data=True) == []


def test_quota_reached(root: Path, repository: Repository) -> None:
    (root / "mlversion.toml").write_text("quota = '100 KB'\n")
    (root / "data.csv").write_bytes(os.urandom(200_000))
    with pytest.raises(QuotaReached, match="quota") as caught:
        Repository.open(root).checkpoint("n.ipynb")
    assert "mlversion.toml" in caught.value.hint
    sound(root, 1)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"cells": 3}', '{"nbformat": 4}', "print('no notebook')", "\udcff"]
)
def test_a_file_that_is_no_notebook(root: Path, repository: Repository, content: str) -> None:
    (root / "n.ipynb").write_text(content, errors="surrogateescape")
    with pytest.raises(InvalidNotebook, match=r"n\.ipynb"):
        repository.checkpoint("n.ipynb")
    sound(root, 1)


def test_a_notebook_that_is_not_there(repository: Repository) -> None:
    with pytest.raises(UnknownPath, match=r"nothing\.ipynb"):
        repository.checkpoint("nothing.ipynb")


def test_a_notebook_outside(repository: Repository) -> None:
    with pytest.raises(OutsideWorkspace):
        repository.checkpoint("../n.ipynb")


def test_fifty_megabytes_of_outputs(root: Path, repository: Repository) -> None:
    output = new_output("stream", name="stdout", text="x" * 50_000_000)
    document = document_bytes(new_notebook(cells=[new_code_cell("print()", outputs=[output])]))
    version = repository.checkpoint("n.ipynb", document=document).version
    assert version is not None
    repository.restore(version.id)
    assert (root / "n.ipynb").read_bytes() == document


def test_a_fifo_in_a_tracked_folder_blocks_nothing(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "mlversion.toml").write_text("track = ['*']\n")
    version = Repository.open(root, create=True).checkpoint("n.ipynb").version
    assert version is not None
    pipe = Repository.open(root).show(version.id).snapshot.artifact("pipe")
    assert pipe is None or (pipe.state == State.DIGEST_ONLY and pipe.reason)


@pytest.mark.skipif(as_root, reason="root reads everything")
def test_an_unreadable_file_is_recorded_as_such(root: Path, repository: Repository) -> None:
    (root / "data.csv").chmod(0)
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    artifact = repository.show(version.id).snapshot.artifact("data.csv")
    assert artifact is not None
    assert artifact.state == State.DIGEST_ONLY
    assert "cannot be read" in artifact.reason


@pytest.mark.skipif(as_root, reason="root writes everywhere")
def test_a_read_only_folder(root: Path) -> None:
    root.chmod(0o555)
    try:
        with pytest.raises(FileFailure, match="denied"):
            Repository.open(root, create=True)
    finally:
        root.chmod(0o755)


def test_a_file_that_never_holds_still_is_marked_and_stored_as_it_was_read(root: Path, repository: Repository) -> None:
    busy = threading.Event()
    stop = threading.Event()

    def scribble() -> None:
        with (root / "data.csv").open("r+b") as file:
            while not stop.is_set():
                file.seek(0)
                file.write(os.urandom(4_000_000))
                file.flush()
                busy.set()

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        assert busy.wait(30)
        version = repository.checkpoint("n.ipynb").version
    finally:
        stop.set()
        writer.join()
    assert version is not None
    artifact = repository.show(version.id).snapshot.artifact("data.csv")
    assert artifact is not None
    assert artifact.digest is not None
    assert artifact.state == State.STORED or artifact.reason
    assert len(repository.store.read(artifact.digest)) == artifact.size
    sound(root, 2)


def test_a_corrupt_index_is_rebuilt(root: Path, repository: Repository) -> None:
    before = repository.log()
    repository.index.close()
    for file in (root / ".mlversion").glob("index.sqlite*"):
        file.unlink()
    (root / ".mlversion" / "index.sqlite").write_bytes(b"not a database" * 1000)
    assert Repository.open(root).log() == before
    sound(root, 1)


def test_a_corrupt_chunk_refuses_the_restore_and_changes_nothing(root: Path) -> None:
    (root / "data.csv").write_bytes(os.urandom(300_000))
    repository = Repository.open(root, create=True)
    version = repository.checkpoint("n.ipynb").version
    assert version is not None
    (pack,) = [path for path in (root / ".mlversion").rglob("*.pack") if path.stat().st_size > 300_000]
    data = bytearray(pack.read_bytes())
    data[150_000] ^= 255
    pack.chmod(0o644)
    pack.write_bytes(bytes(data))
    (root / "data.csv").write_text("newer")
    with pytest.raises(CorruptChunk):
        Repository.open(root).restore(version.id)
    assert (root / "data.csv").read_text() == "newer"


def test_no_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingGit) as caught:
        Repository.open(root, create=True)
    assert "apt-get install git" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("track = 3", "track"),
        ("tarck = []", "tarck"),
        ("[", "TOML"),
        ("size_limit = 'much'", "500 MB"),
        ("cell_tag = ''", "tag"),
    ],
)
def test_a_configuration_that_cannot_be_used(root: Path, text: str, said: str) -> None:
    (root / "mlversion.toml").write_text(text)
    with pytest.raises(InvalidConfig) as caught:
        Repository.open(root, create=True)
    assert said in str(caught.value)


def test_a_format_of_the_future(root: Path, repository: Repository) -> None:
    (root / ".mlversion" / "format.json").write_text('{"format":2}')
    with pytest.raises(CorruptHistory, match="format 2") as caught:
        Repository.open(root)
    assert "Upgrade" in caught.value.hint


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", ["fsync", "pwrite64", "write", "rename"])
@pytest.mark.parametrize("action", ["checkpoint", "restore"])
def test_disk_full(root: Path, repository: Repository, call: str, action: str) -> None:
    first = repository.log()[0]
    (root / "data.csv").write_bytes(os.urandom(300_000))
    before = {path: path.read_bytes() for path in (root / "data.csv", root / "n.ipynb")}
    words = ["checkpoint", "n.ipynb"] if action == "checkpoint" else ["restore", first.id]
    # Only files of ours fail: a full disk does not keep a program from talking on its pipes.
    folder = root / ".mlversion"
    trace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        str(folder / "store" / "packs"),
        "-P",
        str(folder / "journal"),
    ]
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error=ENOSPC"]
    program = [sys.executable, "-m", "jupyter_mlversion", "-C", str(root), *words, "--json"]
    command = [*(trace if call in {"fsync", "write"} else trace[:5]), *inject, *program]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        assert run.returncode == 1, run.stderr
        assert json.loads(run.stdout)["error"]["kind"] in {"disk-full", "file-failure"}
        assert {path: path.read_bytes() for path in before} == before
    repository = Repository.open(root)
    assert first.id in {version.id for version in repository.log()}
    assert repository.verify(read_data=True) == []
