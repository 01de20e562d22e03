"""The state of the user's own Git repository, which is only looked at, and of the local modules in use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.domain.environment import CodeState
from jupyter_mlversion.errors import FileFailure, MissingGit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.history import Git
    from jupyter_mlversion.store import Content

LARGEST_DIFF = 10 << 20
"""Bytes; a larger diff is not kept."""

_MOST_EXCLUDED = 500
"""As many files as can be named on a command line with certainty."""

_TIMEOUT = 30.0


class Batch(Protocol):
    """What capturing needs of a batch of the store."""

    def put_bytes(self, data: bytes, /) -> Content:
        """Store bytes."""


def capture(root: Path, batch: Batch, modules: Iterable[str], *, config: Config) -> CodeState:
    """What Git says of the repository around the workspace, and which local modules are in use.

    Without a repository, or without a Git that can read it, only the modules are known.

    Parameters
    ----------
    batch : the uncommitted diff is put here, without the files that `Ignore` leaves out (secrets are among them).
    modules : absolute paths of the files of imported modules.

    Raises
    ------
    DiskFull, QuotaReached : as the batch does.
    """
    ignore = Ignore(root, config)
    local = tuple(sorted({path for module in modules if (path := _local(root, module)) and not ignore.matches(path)}))
    top = _work_tree(root)
    if top is None:
        return CodeState(modules=local)
    from jupyter_mlversion.history import Git

    git = Git.at(top)
    try:
        status = git.ask("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no", "--no-renames",
                         "--ignore-submodules=dirty", timeout=_TIMEOUT)
        if status.code:
            return CodeState(modules=local)
        commit, branch, changed = _parsed(status.out)
        data = _diff(git, _left_out(top, root, changed, ignore)) if commit and changed and config.git_diff else b""
    except (MissingGit, FileFailure):
        return CodeState(modules=local)
    diff: Digest | None = batch.put_bytes(data).digest if data else None
    return CodeState(commit=commit, branch=branch, dirty=bool(changed), diff=diff, modules=local)


def _local(root: Path, module: str) -> str | None:
    """The workspace path of a module's file, or None."""
    real, base = os.path.realpath(module), os.path.realpath(root)
    inside = real.startswith(f"{base.rstrip('/')}/") and os.path.isfile(real)
    return os.path.relpath(real, base) if inside else None


def _work_tree(root: Path) -> Path | None:
    """The folder of the repository around `root`, told without starting Git."""
    real = root.resolve()
    return next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), None)


def _parsed(out: bytes) -> tuple[str, str, list[str]]:
    """HEAD's commit, its branch, and the changed tracked files from the top of the repository."""
    commit = branch = ""
    changed = []
    for record in os.fsdecode(out).split("\0"):
        if record.startswith("# branch.oid ") and not record.endswith("(initial)"):
            commit = record.removeprefix("# branch.oid ")
        elif record.startswith("# branch.head ") and not record.endswith("(detached)"):
            branch = record.removeprefix("# branch.head ")
        elif record.startswith("1 "):
            changed.append(record.split(" ", 8)[8])
        elif record.startswith("u "):
            changed.append(record.split(" ", 10)[10])
    return commit, branch, changed


def _left_out(top: Path, root: Path, changed: list[str], ignore: Ignore) -> list[str]:
    real = os.path.realpath(root)
    seen = ((path, os.path.relpath(os.path.join(top, path), real)) for path in changed)
    return [path for path, inside in seen if ignore.matches(path if inside.startswith("../") else inside)]


def _diff(git: Git, excluded: list[str]) -> bytes:
    """The uncommitted diff without the files `excluded`; empty when it is too large."""
    if len(excluded) > _MOST_EXCLUDED:
        return b""
    paths = [":(top)", *(f":(top,exclude,literal){path}" for path in excluded)]
    with git.start("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--ignore-submodules=dirty",
                   "HEAD", "--", *paths) as process:
        if process.stdin is None or process.stdout is None:
            return b""
        process.stdin.close()
        data = process.stdout.read(LARGEST_DIFF + 1)
    return data if len(data) <= LARGEST_DIFF else b""
