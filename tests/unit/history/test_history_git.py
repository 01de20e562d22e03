"""Git, sealed off; and Git for the user's own repository."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlversion.errors import DiskFull, FileFailure
from jupyter_mlversion.history import Git, History
from jupyter_mlversion.history.failure import failure

APPEND = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.history import History
history = History(Path(sys.argv[1]) / "history.git")
history.create()
head = history.head("l1")
draft = Version("", "", "l1", "main", (), "m", "A", datetime.now(UTC), None, "", Trigger.CLI, Document.NONE)
version = history.append(draft, Snapshot(), key="k", equality="e", head=head)
assert history.read(version.id) == version
assert history.verify() == []
history.recover()
print(version.id)
"""


def run(script, folder, **environment):
    return subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_hostile_settings_change_nothing(tmp_path):
    """Hooks, templates, aliases, signing, other object formats and every GIT_ variable are without effect."""
    trap, home, folder = tmp_path / "sprung", tmp_path / "home", tmp_path / "w" / ".mlversion"
    folder.mkdir(parents=True)
    touch = f"touch {trap}; exit 1"
    for hook in ("reference-transaction", "pre-commit", "post-commit", "post-update"):
        program(home / "hooks" / hook, touch)
        program(home / "template" / "hooks" / hook, touch)
    script = program(home / "script", touch)
    (home / ".gitconfig").write_text(
        f"[core]\n\thooksPath = {home}/hooks\n\tfsmonitor = {script}\n\tpager = {script}\n\tfsync = none\n"
        f"[init]\n\ttemplateDir = {home}/template\n\tdefaultObjectFormat = sha256\n[commit]\n\tgpgSign = true\n"
        f"[gpg]\n\tprogram = {script}\n[alias]\n\tupdate-ref = !{script}\n[transfer]\n\thideRefs = refs\n"
        f"[fastimport]\n\tunpackLimit = 1000\n[user]\n\tname = Us Er\n\temail = us@er.org\n"
        "[fsck]\n\tskipList = /nonexistent\n")
    result = run(APPEND, folder, HOME=str(home), GIT_CONFIG_GLOBAL=str(home / ".gitconfig"),
                 GIT_DIR=str(tmp_path / "no"),
                 GIT_OBJECT_DIRECTORY=str(tmp_path / "objects"), GIT_INDEX_FILE=str(tmp_path / "index"),
                 GIT_NAMESPACE="n", GIT_TEMPLATE_DIR=str(home / "template"), GIT_WORK_TREE=str(tmp_path),
                 GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="core.hooksPath", GIT_CONFIG_VALUE_0=str(home / "hooks"),
                 GIT_DEFAULT_HASH="sha256", GIT_EXTERNAL_DIFF=str(script), GIT_TRACE=str(tmp_path / "trace"),
                 GIT_ALTERNATE_OBJECT_DIRECTORIES=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.strip()) == 40
    assert {path.name for path in tmp_path.iterdir()} - {"trace"} == {"home", "w"}
    traced = (tmp_path / "trace").read_text()  # GitPython asks for the version when it is imported, and no more
    assert "built-in: git version" in traced
    assert traced.count("built-in:") == traced.count("built-in: git version")
    assert not list((folder / "history.git").glob("hooks/*"))


def test_hooks_inside_of_the_history_do_not_run(tmp_path, history):
    trap = tmp_path / "sprung"
    for hook in ("reference-transaction", "update", "post-update"):
        program(history.git_dir / "hooks" / hook, f"touch {trap}; exit 1")
    result = run(APPEND, history.git_dir.parent)
    assert result.returncode == 0, result.stderr
    assert not trap.exists()


INSTALL = "sudo apt-get install git | conda install -c conda-forge git | brew install git"


def failing(folder, **environment):
    script = APPEND.replace("history.create()", "try:\n    history.create()\nexcept MissingGit as error:\n"
                            "    print(error.message, error.hint)\n    raise SystemExit(3)")
    return run("from jupyter_mlversion.errors import MissingGit" + script, folder, **environment)


def test_no_git_gives_the_install_lines(tmp_path):
    (tmp_path / "bin").mkdir()
    result = failing(tmp_path, PATH=str(tmp_path / "bin"))
    assert (result.returncode, result.stderr) == (3, "")
    assert "git was not found" in result.stdout
    assert INSTALL in result.stdout


def test_an_old_git_gives_the_install_lines(tmp_path):
    program(tmp_path / "bin" / "git", "echo git version 2.35.8")
    result = failing(tmp_path, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert result.returncode == 3, result.stderr
    assert "2.35.8 is too old: 2.36" in result.stdout
    assert INSTALL in result.stdout


def test_git_is_imported_only_when_it_is_used(tmp_path):
    script = ("import sys\nfrom pathlib import Path\nfrom jupyter_mlversion.history import Git, History\n"
              "from jupyter_mlversion.index import Index\nHistory(Path('x'))\nGit.at(Path())\n"
              "print([name for name in ('git', 'gitdb', 'filelock') if name in sys.modules])")
    assert run(script, tmp_path).stdout.strip() == "[]"


@pytest.fixture
def work_tree(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    for args in (["init", "-q"], ["config", "user.name", "U"], ["config", "user.email", "u@x"]):
        subprocess.run(["git", "-C", tree, *args], check=True)
    (tree / "a.py").write_text("1\n")
    subprocess.run(["git", "-C", tree, "add", "."], check=True)
    subprocess.run(["git", "-C", tree, "commit", "-qm", "one"], check=True)
    return tree


def test_the_users_repository_is_only_read(work_tree):
    index = work_tree / ".git" / "index"
    os.utime(work_tree / "a.py", (1, 1))  # a stale entry: an ordinary `git status` would write it anew
    before = index.read_bytes(), index.stat().st_mtime_ns, sorted(work_tree.rglob("*"))
    git = Git.at(work_tree)
    assert git.run("status", "--porcelain") == b""
    assert len(git.run("rev-parse", "HEAD").strip()) == 40
    (work_tree / "a.py").write_text("2\n")
    assert b"+2" in git.run("diff", "HEAD")
    assert (index.read_bytes(), index.stat().st_mtime_ns, sorted(work_tree.rglob("*"))) == before


def test_the_users_repository_runs_no_monitor(work_tree, tmp_path):
    trap = tmp_path / "sprung"
    monitor = program(tmp_path / "m", f"touch {trap}")
    subprocess.run(["git", "-C", work_tree, "config", "core.fsmonitor", monitor], check=True)
    Git.at(work_tree).run("status")
    assert not trap.exists()


def test_failures_are_typed(tmp_path):
    with pytest.raises(FileFailure, match="not a git repository"):
        Git.at(tmp_path).run("rev-parse", "HEAD")
    answer = Git.at(tmp_path).ask("rev-parse", "HEAD")
    assert (answer.code, answer.out) == (128, b"")
    with pytest.raises(FileFailure, match="longer than"):
        Git.at(tmp_path).run("hash-object", "--stdin-paths", "--no-filters", timeout=0.0, data=b"/dev/zero\n")
    assert isinstance(failure("x", "fatal: write error: No space left on device", FileFailure), DiskFull)


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    folder = tmp_path / "w" / ".mlversion"
    folder.mkdir(parents=True)
    (folder / "locks").write_text("a file where a folder should be")
    with pytest.raises(FileFailure):
        History(folder / "history.git").create()


def test_no_process_and_no_descriptor_stays(history):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        entries = history.entries(["1" * 40])
        with pytest.raises(Exception, match="no version"):
            next(entries)
        history.heads()
    assert len(os.listdir("/proc/self/fd")) == before
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in children if b"git" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_the_repository_is_bare_and_packs_nothing_by_itself(history):
    config = subprocess.run(["git", "config", "--file", history.git_dir / "config", "--list"], check=True,
                            capture_output=True, text=True).stdout
    assert "core.bare=true" in config
    assert "gc.auto=0" in config
    assert stat.S_ISDIR(history.git_dir.stat().st_mode)
    assert [path.name for path in history.git_dir.parent.iterdir() if ".new-" in path.name] == []
