"""The tools that the store's benchmark measures, each with its default settings, each as whole processes.

DVC, MLflow and Oxen come from the virtual environment that MLVERSION_PEERS names; restic, borg, git-lfs, git from PATH.
A tool that is absent is left out, and the table says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from timing import Cost, nbytes, run

_PEERS = Path(os.environ.get("MLVERSION_PEERS", sys.prefix)) / "bin"
_GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c",
        "GIT_CONFIG_GLOBAL": os.devnull}


class Tool(ABC):
    """One tool at work in `folder`, whose sub-folder `data` is versioned.

    `data` is where the workload is changed; `store` is what the tool keeps.
    """

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    durable: ClassVar[bool] = False
    """Whether it makes its files durable by itself; else a `sync` is timed with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True)
        self.begin()

    @classmethod
    def is_there(cls) -> bool:
        """Whether it can be measured here."""
        return all(_program(name) for name in cls.needs)

    @abstractmethod
    def begin(self) -> None:
        """Prepare; not timed."""

    @abstractmethod
    def snapshot(self, number: int) -> Cost:
        """Keep `data` as version `number`."""

    @abstractmethod
    def restore(self, number: int) -> Cost:
        """Bring `data` back as it was in version `number`."""

    @abstractmethod
    def nbytes(self) -> int:
        """Bytes that are kept."""

    def pack(self) -> Cost | None:
        """Make what is kept small, where the tool does that at another time."""
        return None

    def _run(self, *command: str, env: dict[str, str] | None = None) -> Cost:
        program = _program(command[0]) or command[0]
        return run([program, *command[1:]], self.folder, sync=not self.durable, env=env)

    def _call(self, *command: str, env: dict[str, str] | None = None) -> str:
        program = _program(command[0]) or command[0]
        return subprocess.run([program, *command[1:]], cwd=self.folder, check=True, capture_output=True, text=True,
                              env={**os.environ, **(env or {})}).stdout


def _program(name: str) -> str | None:
    if name == "mlversion":
        return shutil.which(name, path=str(Path(sys.executable).parent))
    return shutil.which(name, path=str(_PEERS)) or shutil.which(name)


class Mlversion(Tool):
    """The project itself, through its command line."""

    name = "mlversion"
    durable = True

    def begin(self) -> None:
        (self.folder / "mlversion.toml").write_text('track = ["data/**"]\nsize_limit = "100 GB"\nquota = "95%"\n')
        self._call("mlversion", "init", ".")
        self._ids: dict[int, str] = {}

    def snapshot(self, number: int) -> Cost:
        cost = self._run("mlversion", "checkpoint", "-m", f"version {number}")
        self._ids[number] = json.loads(self._call("mlversion", "log", "--json", "-n", "1"))[0]["id"]
        return cost

    def restore(self, number: int) -> Cost:
        return self._run("mlversion", "restore", self._ids[number])

    def nbytes(self) -> int:
        return nbytes(self.folder / ".mlversion")

    def pack(self) -> Cost:
        return self._run("mlversion", "gc", "--repack")


class Copy(Tool):
    """A copy for each version, by ``cp`` and ``sync``: the floor."""

    name = "cp"

    def begin(self) -> None:
        pass

    def snapshot(self, number: int) -> Cost:
        return self._run("cp", "-a", "data", f"version-{number}")

    def restore(self, number: int) -> Cost:
        return self._run("sh", "-c", f"rm -rf data && cp -a version-{number} data")

    def nbytes(self) -> int:
        return sum(nbytes(path) for path in self.folder.glob("version-*"))


class ReadAndHash(Tool):
    """No tool: reading all bytes and hashing them with BLAKE3 in one thread."""

    name = "read+hash"
    durable = True

    def begin(self) -> None:
        pass

    def snapshot(self, number: int) -> Cost:
        del number
        code = ("import os,blake3\nb=bytearray(1<<20);v=memoryview(b);h=blake3.blake3()\n"
                "for p,_,n in os.walk('data'):\n for x in n:\n"
                "  with open(os.path.join(p,x),'rb',buffering=0) as f:\n"
                "   while k:=f.readinto(b): h.update(v[:k])\n")
        return self._run(sys.executable, "-c", code)

    def restore(self, number: int) -> Cost:
        return self.snapshot(number)

    def nbytes(self) -> int:
        return 0


class Dvc(Tool):
    """DVC: ``dvc add``, ``dvc checkout``; its default link type."""

    name = "dvc"
    needs = ("dvc", "git")

    def begin(self) -> None:
        self._call("git", "init", "-q", ".", env=_GIT)
        self._call("dvc", "init", "-q")
        self._call("dvc", "config", "core.analytics", "false")
        self._call("dvc", "config", "core.check_update", "false")

    def snapshot(self, number: int) -> Cost:
        cost = self._run("dvc", "add", "-q", "data")
        shutil.copy(self.folder / "data.dvc", self.folder.parent / f"{self.folder.name}.{number}.dvc")
        return cost

    def restore(self, number: int) -> Cost:
        shutil.copy(self.folder.parent / f"{self.folder.name}.{number}.dvc", self.folder / "data.dvc")
        return self._run("dvc", "checkout", "-q", "--force", "data.dvc")

    def nbytes(self) -> int:
        return nbytes(self.folder / ".dvc")


class GitLfs(Tool):
    """Git with LFS: ``git add`` and ``git commit``, ``git checkout``."""

    name = "git-lfs"
    needs = ("git", "git-lfs")

    def begin(self) -> None:
        self._call("git", "init", "-q", ".", env=_GIT)
        self._call("git", "lfs", "install", "--local", "--skip-smudge", env=_GIT)
        self._call("git", "lfs", "install", "--local", "--force", env=_GIT)
        (self.folder / ".gitattributes").write_text("data/** filter=lfs diff=lfs merge=lfs -text\n")

    def snapshot(self, number: int) -> Cost:
        return self._run("sh", "-c", f"git add -A . && git commit -q --allow-empty -m {number} && git tag v{number}",
                         env=_GIT)

    def restore(self, number: int) -> Cost:
        return self._run("git", "checkout", "-q", f"v{number}", env=_GIT)

    def nbytes(self) -> int:
        return nbytes(self.folder / ".git")


class Restic(Tool):
    """restic: ``backup`` and ``restore``, its default compression."""

    name = "restic"
    needs = ("restic",)
    durable = True
    _env: ClassVar[dict[str, str]] = {"RESTIC_PASSWORD": "x", "RESTIC_CACHE_DIR": "cache"}

    def begin(self) -> None:
        self._call("restic", "-q", "-r", "kept", "init", env=self._env)
        self._ids: dict[int, str] = {}

    def snapshot(self, number: int) -> Cost:
        cost = self._run("restic", "-q", "-r", "kept", "backup", "data", env=self._env)
        listed = json.loads(self._call("restic", "-r", "kept", "--json", "snapshots", env=self._env))
        self._ids[number] = max(listed, key=lambda item: item["time"])["id"]
        return cost

    def restore(self, number: int) -> Cost:
        return self._run("restic", "-q", "-r", "kept", "restore", self._ids[number], "--target", ".", env=self._env)

    def nbytes(self) -> int:
        return nbytes(self.folder / "kept")


class Borg(Tool):
    """borg: ``create`` and ``extract``, its default compression, without encryption as the others."""

    name = "borg"
    needs = ("borg",)
    durable = True

    def begin(self) -> None:
        self._env = {"BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes", "BORG_BASE_DIR": str(self.folder.absolute())}
        self._call("borg", "init", "-e", "none", "kept", env=self._env)

    def snapshot(self, number: int) -> Cost:
        return self._run("borg", "create", f"kept::v{number}", "data", env=self._env)

    def restore(self, number: int) -> Cost:
        return self._run("borg", "extract", f"kept::v{number}", env=self._env)

    def nbytes(self) -> int:
        return nbytes(self.folder / "kept")


class Mlflow(Tool):
    """MLflow: the folder as artifacts of a run, in its local store."""

    name = "mlflow"
    needs = ("mlflow",)
    _env: ClassVar[dict[str, str]] = {"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db", "GIT_PYTHON_REFRESH": "quiet",
                                      "MLFLOW_DISABLE_TELEMETRY": "true"}

    def begin(self) -> None:
        self._call(self._python(), "-c", "import mlflow; mlflow.search_runs()", env=self._env)

    def snapshot(self, number: int) -> Cost:
        code = (f"import mlflow\nwith mlflow.start_run() as run:\n mlflow.log_artifacts('data')\n"
                f"open('run-{number}','w').write(run.info.run_id)")
        return self._run(self._python(), "-c", code, env=self._env)

    def restore(self, number: int) -> Cost:
        run_id = (self.folder / f"run-{number}").read_text()
        code = f"import mlflow; mlflow.artifacts.download_artifacts(run_id='{run_id}', dst_path='data')"
        return self._run(self._python(), "-c", code, env=self._env)

    def nbytes(self) -> int:
        return sum(nbytes(self.folder / name) for name in ("mlruns", "mlartifacts") if (self.folder / name).is_dir())

    def _python(self) -> str:
        return str(Path(_program("mlflow") or "").with_name("python"))


class Oxen(Tool):
    """Oxen, through its Python package."""

    name = "oxen"
    needs = ("python",)

    @classmethod
    def is_there(cls) -> bool:
        python = _PEERS / "python"
        if not python.exists():
            return False
        return subprocess.run([python, "-c", "import oxen"], capture_output=True, check=False).returncode == 0

    def begin(self) -> None:
        self._env = {"HOME": str(self.folder.parent)}
        self._call(str(_PEERS / "python"), "-c", "from oxen import Repo, user\nuser.config_user('a','a@b.c')\n"
                   "Repo('.').init()", env=self._env)

    def snapshot(self, number: int) -> Cost:
        branch = f"r.checkout('v{number}',create=True)\n" if number else ""  # the first is on the branch it begins with
        code = f"from oxen import Repo\nr=Repo('.')\n{branch}r.add('data')\nr.commit('{number}')"
        return self._run(str(_PEERS / "python"), "-c", code, env=self._env)

    def restore(self, number: int) -> Cost:
        name = f"v{number}" if number else "main"
        return self._run(str(_PEERS / "python"), "-c", f"from oxen import Repo\nRepo('.').checkout('{name}')",
                         env=self._env)

    def nbytes(self) -> int:
        return nbytes(self.folder / ".oxen")


TOOLS: tuple[type[Tool], ...] = (Mlversion, Copy, ReadAndHash, Dvc, GitLfs, Restic, Borg, Mlflow, Oxen)
