"""``cat`` and ``diff --path``."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from jupyter_mlversion.cli import main
from jupyter_mlversion.repository import Repository


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two versions of files of three kinds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlversion.toml").write_text('track = ["*.*"]\n')
    repository = Repository.open(tmp_path, create=True)
    for number in range(2):
        (tmp_path / "t.csv").write_text("id,v\n1,a\n2,b\n" if number == 0 else "id,v\n1,\x1b[31mA\n3,c\n")
        (tmp_path / "t.txt").write_text("one\ntwo\n" if number == 0 else "one\n2\n")
        np.save(tmp_path / "w.npy", np.full(3, 1.0 + number))
        (tmp_path / "b.bin").write_bytes(bytes([0, number]))
        repository.checkpoint(message=f"version {number}")
    return tmp_path


def said(capsys, *words):
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_cat_writes_bytes(folder, capfdbinary):
    assert main(["cat", "HEAD~1", "b.bin"]) == 0
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"\0\0"


def test_cat_into_a_file_overwrites_nothing(folder, capsys):
    assert said(capsys, "cat", "HEAD~1", "t.txt", "-o", "new.txt")[0] == 0
    assert (folder / "new.txt").read_text() == "one\ntwo\n"
    code, out, err = said(capsys, "cat", "HEAD", "t.txt", "-o", "new.txt")
    assert (code, out) == (1, "")
    assert "is there already" in err
    assert (folder / "new.txt").read_text() == "one\ntwo\n"
    assert said(capsys, "cat", "HEAD", "none.txt")[0] == 1
    answer = json.loads(said(capsys, "cat", "HEAD", "t.txt", "--json")[1])
    assert (answer["size"], answer["file"]) == (6, None)


def test_diff_of_one_file(folder, capsys):
    code, out, _ = said(capsys, "diff", "HEAD~1", "HEAD", "--path", "t.csv")
    assert code == 0
    assert "1 added, 1 removed, 1 changed, 0 same" in out
    assert "v a → \\x1b[31mA" in out
    assert "\x1b" not in out
    out = said(capsys, "diff", "HEAD~1", "HEAD", "--path", "t.txt")[1]
    assert "-two\n+2" in out
    out = said(capsys, "diff", "HEAD~1", "HEAD", "--path", "w.npy")[1]
    assert "changed  array" in out
    assert "what they mean is not known" in said(capsys, "diff", "HEAD~1", "HEAD", "--path", "b.bin")[1]
    (folder / "t.txt").unlink()
    assert "removed" in said(capsys, "diff", "HEAD", "--path", "t.txt")[1]
    assert "is the same" in said(capsys, "diff", "HEAD", "--path", "t.csv")[1]
    answer = json.loads(said(capsys, "diff", "HEAD~1", "HEAD", "--path", "t.csv", "--key", "id", "--json")[1])
    assert answer["inside"]["key"] == "id"
    assert said(capsys, "diff", "HEAD~1", "HEAD", "--key", "id")[0] == 2
