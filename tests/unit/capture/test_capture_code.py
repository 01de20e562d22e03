"""The user's Git repository is described, never touched."""

from __future__ import annotations

import hashlib
import os
import subprocess

import pytest

from jupyter_mlversion.capture import code
from jupyter_mlversion.config import Config
from jupyter_mlversion.domain.environment import CodeState

DEFAULT = Config()


@pytest.fixture
def repository(workspace):
    git(workspace, "init", "-q", "-b", "work/branch")
    workspace.write("train.py", "one\n")
    workspace.write("sub/ünï code.py", "one\n")
    workspace.write(".env", "PASSWORD=old\n")
    git(workspace, "add", "-f", "train.py", "sub", ".env")
    git(workspace, "commit", "-q", "-m", "first")
    return workspace


def git(workspace, *args):
    return subprocess.run(["git", *args], cwd=workspace.root, check=True, capture_output=True, text=True).stdout.strip()


def captured(workspace, *modules, config=DEFAULT, root=None):
    with workspace.store.batch() as batch:
        return code.capture(root or workspace.root, batch, modules, config=config)


def everything(folder):
    """Path → status and content, of a whole folder."""
    return {os.path.join(here, name): (os.lstat(os.path.join(here, name))[:9],
                                       hashlib.sha256(open(os.path.join(here, name), "rb").read()).digest())
            for here, _, names in os.walk(folder) for name in names}


def test_no_repository(workspace):
    assert captured(workspace) == CodeState()


def test_a_clean_repository(repository):
    head = git(repository, "rev-parse", "HEAD")
    assert captured(repository) == CodeState(commit=head, branch="work/branch")


def test_untracked_files_do_not_make_it_dirty(repository):
    repository.write("new.py", "x")
    assert not captured(repository).dirty


def test_the_diff_is_kept_without_secrets(repository):
    repository.write("train.py", "two words\n")
    repository.write("sub/ünï code.py", "two words\n")
    repository.write(".env", "PASSWORD=hunter2\n")
    repository.write("key.pem", "private\n")
    git(repository, "add", "-f", "key.pem")
    state = captured(repository)
    diff = repository.store.read(state.diff)
    assert state.dirty
    assert diff.count(b"+two") == 2
    assert b"hunter2" not in diff
    assert b"old" not in diff
    assert b"private" not in diff


def test_the_diff_can_be_switched_off(repository):
    repository.write("train.py", "two words\n")
    state = captured(repository, config=Config(git_diff=False))
    assert state.dirty
    assert state.diff is None


def test_a_diff_that_is_too_large_is_not_kept(repository, monkeypatch):
    monkeypatch.setattr(code, "LARGEST_DIFF", 1000)
    repository.write("train.py", "x" * 2000)
    state = captured(repository)
    assert state.dirty
    assert state.diff is None


def test_a_workspace_below_the_repository(repository):
    repository.write("train.py", "two words\n")
    repository.write("sub/.env", "TOKEN=1\n")
    git(repository, "add", "-f", "sub/.env")
    diff = repository.store.read(captured(repository, root=repository.root / "sub").diff)
    assert b"+two" in diff
    assert b"TOKEN" not in diff


def test_detached_unborn_and_deleted(repository, tmp_path):
    git(repository, "checkout", "-q", "--detach")
    (repository.root / "train.py").unlink()
    state = captured(repository)
    assert (state.branch, state.dirty) == ("", True)
    assert b"deleted file" in repository.store.read(state.diff)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "trunk"], cwd=fresh, check=True)
    assert captured(repository, root=fresh) == CodeState(branch="trunk")


def test_a_worktree_has_a_branch_of_its_own(repository, tmp_path):
    git(repository, "worktree", "add", "-q", str(tmp_path / "other"), "-b", "side")
    assert captured(repository, root=tmp_path / "other").branch == "side"


def test_the_repository_is_untouched(repository):
    repository.write("train.py", "two words\n")
    (repository.root / "sub/ünï code.py").touch()  # the index is out of date, and stays so
    before = everything(repository.root / ".git")
    captured(repository)
    assert everything(repository.root / ".git") == before


def test_no_program_of_the_repository_runs(repository, tmp_path):
    marker = tmp_path / "ran"
    evil = repository.write("evil.sh", f"#!/bin/sh\ntouch '{marker}'\ncat\n", mode=0o755)
    git(repository, "config", "core.fsmonitor", str(evil))
    git(repository, "config", "diff.external", str(evil))
    git(repository, "config", "diff.x.textconv", str(evil))
    repository.write(".gitattributes", "*.py diff=x\n")
    repository.write("train.py", "two words\n")
    assert captured(repository).dirty
    assert not marker.exists()


def test_a_broken_repository_is_as_good_as_none(workspace):
    workspace.write(".git", "nonsense")
    assert captured(workspace) == CodeState()


def test_without_git_the_modules_are_known(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    module = repository.root / "train.py"
    assert captured(repository, str(module)) == CodeState(modules=("train.py",))


def test_local_modules_are_those_in_the_workspace(workspace, tmp_path):
    inside = workspace.write("pkg/b.py"), workspace.write("a.py")
    installed = workspace.write("venv/lib/site-packages/x.py")
    state = captured(workspace, *map(str, (*inside, installed, os.__file__, workspace.root / "gone.py")), "")
    assert state.modules == ("a.py", "pkg/b.py")
