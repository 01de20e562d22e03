"""The one place that starts Git, with nothing of the user's settings in its way.

Processes are started directly: GitPython, which configures a new history (`create`), takes longer to import than most
commands take.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jupyter_mlversion.errors import CorruptHistory, FileFailure, MlversionError
from jupyter_mlversion.history.failure import MINIMUM, failure, missing_git, os_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TIMEOUT = 600.0
"""Seconds after which a Git that still runs is killed."""

_SAFE = ("core.hooksPath=" + os.devnull, "core.fsmonitor=false", "core.pager=cat", "protocol.allow=never", "gc.auto=0",
         "maintenance.auto=false",
         "diff.autoRefreshIndex=false")  # diff writes the index in spite of GIT_OPTIONAL_LOCKS
_PRIVATE = ("core.fsync=all", "core.fsyncMethod=fsync", "core.protectNTFS=false", "core.protectHFS=false",
            "fastimport.unpackLimit=0", "core.logAllRefUpdates=false", "core.compression=1", "pack.threads=1")
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
_SEALED = {**_QUIET, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_NO_REPLACE_OBJECTS": "1"}
_WORDS = {"LANGUAGE": "C", "LC_ALL": "C"}  # complaints are told apart by their words
_USERS = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})

_checked: set[str] = set()


@dataclass(frozen=True, slots=True)
class Answer:
    """How one run of Git ended: exit code (negative: killed by that signal), standard output, standard error."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Git:
    """Runs Git on one repository. Every run is a process of its own, gone when it ends.

    Hooks, the file system monitor, pagers, prompts, network protocols and garbage collection are off, and no
    ``GIT_*`` variable of the surrounding process gets through.

    Parameters
    ----------
    folder : where Git runs.
    options : before the subcommand.
    environment : variables set for Git.
    kept : ``GIT_*`` variables that do get through.
    fds : file descriptors that Git inherits (a lock lives until the last process that holds it is gone).
    otherwise : the error for a failure that is not about disks, permissions or Git itself.
    """

    folder: Path
    options: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    fds: tuple[int, ...] = ()
    otherwise: type[MlversionError] = FileFailure

    @classmethod
    def at(cls, work_tree: Path) -> Self:
        """For the user's own repository around `work_tree`: it is only read, and not even its index is refreshed.

        The user's configuration counts (line endings, filters, safe directories), as it does when they ask Git.
        """
        return cls(work_tree.absolute(), _settings(_SAFE), _QUIET, _USERS)

    @classmethod
    def of(cls, git_dir: Path) -> Self:
        """For the private bare repository `git_dir`: durable, and sealed off from all configuration but its own."""
        path = git_dir.absolute()
        return cls(path, (f"--git-dir={path}", *_settings(_SAFE + _PRIVATE)), _SEALED, otherwise=CorruptHistory)

    def holding(self, *fds: int) -> Git:
        """The same, with `fds` inherited by every process that is started."""
        return replace(self, fds=fds)

    def run(self, *args: str, data: bytes = b"", timeout: float = TIMEOUT) -> bytes:
        """What ``git args`` writes, given `data` as its input; killed after `timeout` seconds.

        Raises
        ------
        MissingGit : there is no Git, or it is too old.
        DiskFull, FileFailure : the operating system refused, or Git took too long.
        CorruptHistory : it failed otherwise, in the private repository (FileFailure in another).
        """
        answer = self.ask(*args, data=data, timeout=timeout)
        if answer.code:
            raise failure("git " + args[0], answer.err, self.otherwise)
        return answer.out

    def ask(self, *args: str, data: bytes = b"", timeout: float = TIMEOUT) -> Answer:
        """As `run`, for a failure that has a meaning: it is answered and not raised."""
        with self.start(*args) as process:
            try:
                out, err = process.communicate(data, timeout=timeout)
            except subprocess.TimeoutExpired as error:
                message = f"git {args[0]} took longer than {timeout:g} s in {self.folder}"
                raise FileFailure(message, hint="Is the disk or the network drive slow? Try again.") from error
            return Answer(process.returncode, out, err.decode("utf-8", "replace"))

    @contextmanager
    def start(self, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        """A running ``git args``, its input, output and errors being pipes; killed if it still runs at the end."""
        process = self._start(["git", *self.options, *args])
        try:
            yield process
        finally:
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
            if process.poll() is None:
                process.kill()
            process.wait()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        _check_version()
        environment = {**_inherited(self.kept), **_WORDS, **self.environment}
        try:
            return subprocess.Popen(command, cwd=self.folder, env=environment, pass_fds=self.fds, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except FileNotFoundError as error:
            if self.folder.is_dir():
                raise missing_git() from error
            raise os_failure("starting Git", error) from error
        except OSError as error:
            raise os_failure("starting Git", error) from error


def _settings(settings: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for setting in settings for part in ("-c", setting))


def _inherited(kept: frozenset[str] = frozenset()) -> dict[str, str]:
    """The variables of this process, without those that would steer Git, but for the `kept`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in kept}


def _check_version() -> None:
    """Once for every Git that is met on the path: an older one would ignore that objects are to be durable."""
    program = shutil.which("git")
    if program is None:
        raise missing_git()
    if program not in _checked:
        told = subprocess.run([program, "version"], capture_output=True, check=False, stdin=subprocess.DEVNULL,
                              env=_inherited()).stdout
        found = tuple(map(int, re.findall(rb"\d+", told)[:3]))
        if found < MINIMUM:
            raise missing_git(".".join(map(str, found)))
        _checked.add(program)
