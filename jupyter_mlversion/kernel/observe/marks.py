"""The folder in which the kernels of one workspace leave marks for each other, outside of the workspace.

A mark is a file that is made and removed at once: a kernel begins, or ends, to read files in order to store them. The
OS puts its event into the same queue as those of the workspace's files, so that other kernels know exactly which
reading was meant. Claims are files that stay: the paths that a live kernel opened itself. Their owner holds a lock,
which the OS frees when it dies.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path

STAGING, STAGED = "staging", "staged"


class Marks:
    """The marks and claims of one kernel.

    Parameters
    ----------
    root : the workspace.
    session : of this kernel.
    base : parent of the folders of all workspaces; default: Jupyter's runtime folder.

    Raises
    ------
    OSError : the folder cannot be made.
    """

    def __init__(self, root: Path, session: str, base: Path | None = None) -> None:
        if base is None:
            from jupyter_core.paths import jupyter_runtime_dir

            base = Path(jupyter_runtime_dir()) / "mlversion"
        self.session = session
        self.folder = base / hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._remove_dead()
        self._claims = self._locked()
        self._claimed: set[str] = set()
        self._count = 0
        self._process = os.getpid()
        atexit.register(self.close)

    def mark(self, kind: str) -> str:
        """Leave a mark; its name."""
        self._count += 1
        name = f"{self.session}.{self._count}.{kind}"
        path = self.folder / name
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        os.unlink(path)
        return name

    def claim(self, paths: set[str]) -> None:
        """Say that this kernel opened `paths` itself."""
        fresh = paths - self._claimed
        if fresh:
            os.write(self._claims, b"".join(os.fsencode(path) + b"\0" for path in fresh))
            self._claimed |= fresh

    def claimed_by_others(self) -> set[str]:
        """What other live kernels opened themselves."""
        found: set[str] = set()
        for path in self.folder.glob("*.claims"):
            if path != self._path(self.session) and is_live(path):
                found.update(os.fsdecode(item) for item in path.read_bytes().split(b"\0") if item)
        return found

    def is_live(self, session: str) -> bool:
        """Whether the kernel of `session` still runs."""
        return is_live(self._path(session))

    def close(self) -> None:
        """Take the claims back; a forked child has none to take back."""
        atexit.unregister(self.close)
        if os.getpid() == self._process:
            self._path(self.session).unlink(missing_ok=True)
            os.close(self._claims)
            with suppress(OSError):  # other kernels are using it
                self.folder.rmdir()

    def _locked(self) -> int:
        """The claims, open and locked; made again when another kernel just took them for a dead one's."""
        path = self._path(self.session)
        while True:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # the last kernel to go removes it
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(fd, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(fd), path.stat()):
                return fd
            os.close(fd)

    def _path(self, session: str) -> Path:
        return self.folder / f"{session}.claims"

    def _remove_dead(self) -> None:
        for path in self.folder.glob("*.claims"):
            if not is_live(path):
                path.unlink(missing_ok=True)


def is_live(path: Path) -> bool:
    """Whether the owner of the claims at `path` holds its lock."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False
