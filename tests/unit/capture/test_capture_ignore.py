"""What is left out, and what brings it back."""

from __future__ import annotations

import os

import pytest

from jupyter_mlversion.capture.ignore import Ignore, never
from jupyter_mlversion.capture.scan import changed_since, tracked
from jupyter_mlversion.config import Config


@pytest.mark.parametrize("path", [
    ".git/config", "sub/.git", ".mlversion/index.sqlite", "a/.GIT/x", "lib/site-packages/pandas/x.csv",
    "node_modules/x/index.js", "a/__pycache__/b.pyc", "b.pyc", ".mypy_cache/x", ".pytest_cache/x", ".ruff_cache/x",
    ".cache/x",
    ".ipynb_checkpoints/a-checkpoint.ipynb", ".env", "conf/.env", ".env.local", "key.pem", "id_rsa", "id_rsa.pub",
    "id_ed25519", "server.key", "credentials", "credentials.json", ".netrc", ".aws/config", "home/.ssh/known_hosts",
])
def test_left_out_by_itself(tmp_path, path):
    assert Ignore(tmp_path, Config()).matches(path)


@pytest.mark.parametrize("path", [
    "data.csv", "model.pt", "env/notes.txt", ".gitignore", "environment.yml", "keys.csv", "my.envelope",
    "mlversion.toml",
    "a/b/c.parquet", "cache/x", "x.env", "monkey", "git/x", "multi\nline.csv",
])
def test_not_left_out(tmp_path, path):
    assert not Ignore(tmp_path, Config()).matches(path)


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
def test_environments_are_known_by_what_they_hold(tmp_path, marker):
    file = tmp_path / "my env" / marker
    file.parent.mkdir(parents=True)
    file.touch()
    ignore = Ignore(tmp_path, Config())
    assert ignore.matches("my env/lib/python3/x.csv")
    assert ignore.matches("my env/")
    assert not ignore.matches("other/x.csv")


def test_a_workspace_that_is_an_environment_itself_is_not_empty(tmp_path):
    (tmp_path / "pyvenv.cfg").touch()
    assert not Ignore(tmp_path, Config()).matches("data.csv")


def test_patterns_are_those_of_gitignore(tmp_path):
    ignore = Ignore(tmp_path, Config(ignore=("tmp/", "*.log", "/top.csv", "raw/*", "!raw/keep.csv", "**/deep/*.bin")))
    left_out = {path for path in ("tmp/x", "a/tmp/x", "a.log", "b/a.log", "top.csv", "a/top.csv", "raw/x",
                                  "raw/keep.csv",
                                  "a/deep/x.bin", "a/deep/x.csv", "tmp") if ignore.matches(path)}
    assert left_out == {"tmp/x", "a/tmp/x", "a.log", "b/a.log", "top.csv", "raw/x", "a/deep/x.bin"}


def test_track_wins_over_ignore(tmp_path):
    ignore = Ignore(tmp_path, Config(track=("data/*.csv",), ignore=("data/",)))
    assert not ignore.matches("data/x.csv")
    assert ignore.matches("data/x.bin")


@pytest.mark.parametrize(("pattern", "path"), [
    (".env", ".env"), ("*.pem", "certs/a.pem"), ("certs/*.pem", "certs/a.pem"), ("id_rsa*", "id_rsa.pub"),
    (".venv/notes.txt", ".venv/notes.txt"), ("node_modules/", "node_modules/x.js"), ("**/site-packages/mine/*.json",
                                                                                   "lib/site-packages/mine/a.json"),
])
def test_naming_a_thing_brings_it_in(tmp_path, pattern, path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    config = Config(track=(pattern,))
    assert not Ignore(tmp_path, config).matches(path)
    assert tracked(tmp_path, config) == [path]


@pytest.mark.parametrize(("pattern", "path"), [
    ("*", ".env"), ("**", "a.pem"), ("certs/", "certs/a.pem"), ("*.json", "node_modules/x.json"),
    ("*.csv", "lib/site-packages/sklearn/iris.csv"), ("[!a]*", "id_rsa"),
])
def test_a_broad_pattern_does_not_bring_secrets_in(tmp_path, pattern, path):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    config = Config(track=(pattern,))
    assert Ignore(tmp_path, config).matches(path)
    assert tracked(tmp_path, config) == []


@pytest.mark.parametrize("path", [".git/config", ".mlversion/x", "a/.git/b"])
def test_administration_is_left_out_even_on_request(tmp_path, path):
    assert never(path)
    assert Ignore(tmp_path, Config(track=(path, ".git/**", ".mlversion/**", "*"))).matches(path)


def test_absolute_paths_of_the_system_and_of_python_are_left_out(tmp_path):
    ignore = Ignore(tmp_path, Config())
    assert ignore.matches("/proc/cpuinfo")
    assert ignore.matches(os.path.join(os.path.dirname(os.__file__), "os.py"))
    assert ignore.matches("/home/somebody/.ssh/id_rsa")
    assert not ignore.matches("/data/images/cat.png")


def _tree(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def test_tracked_finds_patterns_and_follows_nothing(tmp_path):
    root = tmp_path / "work"
    _tree(root, "a/x.csv", "b/c/y.csv", "z.txt", ".mlversion/q.csv", "__pycache__/k.csv")
    _tree(tmp_path, "outside/o.csv")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "l.csv").symlink_to("a/x.csv")
    assert tracked(root, Config()) == []
    assert tracked(root, Config(track=("*.csv",))) == ["a/x.csv", "b/c/y.csv", "l.csv"]
    assert tracked(root, Config(track=("b/",))) == ["b/c/y.csv"]
    assert tracked(root, Config(track=("*.csv", "!y.csv"))) == ["a/x.csv", "l.csv"]
    assert tracked(root, Config(track=("link/*",))) == []


def test_changed_since_looks_at_content_and_status(tmp_path):
    _tree(tmp_path, "old.csv", "touched.csv", "renamed.csv", "sub/new.csv", ".cache/x")
    os.mkfifo(tmp_path / "pipe")
    for path in ("old.csv", "touched.csv", "renamed.csv"):
        os.utime(tmp_path / path, ns=(10**18, 10**18))
    # ctime cannot be set: `since` is just after the last of what counts as old
    since = max((tmp_path / path).stat().st_ctime_ns for path in ("old.csv", "touched.csv")) + 1
    while True:  # until the clock of the file system has moved on
        (tmp_path / "renamed.csv").rename(tmp_path / "moved.csv")
        (tmp_path / "moved.csv").rename(tmp_path / "renamed.csv")
        (tmp_path / "sub/new.csv").write_text("1\n")
        if min((tmp_path / path).stat().st_ctime_ns for path in ("renamed.csv", "sub/new.csv")) >= since:
            break
    assert changed_since(tmp_path, Config(), since) == ["renamed.csv", "sub/new.csv"]
    assert changed_since(tmp_path, Config(), 0) == ["old.csv", "renamed.csv", "sub/new.csv", "touched.csv"]
    assert changed_since(tmp_path, Config(ignore=("sub/",)), since) == ["renamed.csv"]


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path, monkeypatch):
    _tree(tmp_path, "a/x.csv", "b/y.csv")
    scandir = os.scandir
    closed = os.path.join(tmp_path, "a")

    def refuse(folder):
        if folder == closed:
            raise PermissionError(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert changed_since(tmp_path, Config(), 0) == ["b/y.csv"]


def test_left_out_folders_are_not_entered(tmp_path, monkeypatch):
    _tree(tmp_path, "node_modules/deep/x.csv", "venv/pyvenv.cfg", "venv/lib/deep/x.csv", ".git/objects/x", "tmp/x/y",
          "a/x.csv")
    scandir, entered = os.scandir, []
    monkeypatch.setattr(os, "scandir", lambda folder: entered.append(os.path.relpath(folder,
                                                                                     tmp_path)) or scandir(folder))
    assert changed_since(tmp_path, Config(ignore=("tmp/",)), 0) == ["a/x.csv"]
    assert not [folder for folder in entered if "deep" in folder or "objects" in folder or folder == "tmp/x"]
