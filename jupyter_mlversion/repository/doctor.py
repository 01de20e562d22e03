"""Why is there no version, no panel, no file?"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.config import FOLDER_NAME
from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.repository.workspace import find_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mlversion.repository.repository import Repository

EXTENSION = "jupyter-mlversion"
"""Name of the front end, as JupyterLab lists it."""

_LOW_DISK = 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    what : what was found, in words.
    advice : what to do; empty when all is well.
    ok : whether all is well.
    """

    what: str
    advice: str = ""
    ok: bool = True


def examine(path: Path, open_repository: Callable[[Path], Repository]) -> list[Finding]:
    """Look at everything that a version, the panel or a restored file depends on; never raises, changes nothing."""
    return [*_installation(), *_workspace(path, open_repository)]


def _installation() -> Iterator[Finding]:
    yield Finding(f"jupyter_mlversion {_version('jupyter_mlversion')} in {sys.executable}")
    if shutil.which("git"):
        yield Finding("git is installed")
    else:
        yield Finding("there is no git program", "Install it: apt-get install git, or conda install git.", ok=False)
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    if any((Path(base) / "labextensions" / EXTENSION / "package.json").exists() for base in jupyter_path()):
        yield Finding("the JupyterLab panel is installed")
    else:
        yield Finding("the JupyterLab panel is not installed", _install(), ok=False)
    if any(_enables(Path(base)) for base in jupyter_config_path()):
        yield Finding("the server extension is enabled")
    else:
        advice = f"Run: {sys.executable} -m jupyter server extension enable jupyter_mlversion"
        yield Finding("the server extension is not enabled", advice, ok=False)
    if _version("ipykernel") == "?":
        advice = f"Run: {sys.executable} -m pip install ipykernel jupyter_mlversion in the environment of your kernel."
        yield Finding("there is no ipykernel in this environment", advice, ok=False)


def _enables(base: Path) -> bool:
    try:
        config = json.loads((base / "jupyter_server_config.d" / "jupyter_mlversion.json").read_text())
        return bool(config["ServerApp"]["jpserver_extensions"]["jupyter_mlversion"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _workspace(path: Path, open_repository: Callable[[Path], Repository]) -> Iterator[Finding]:
    try:
        root = find_root(path)
    except MlversionError as error:
        yield Finding(error.message, error.hint, ok=False)
        return
    yield Finding(f"the workspace is {root}")
    free = shutil.disk_usage(root).free
    if free < _LOW_DISK:
        yield Finding(f"only {free / 2**20:.0f} MiB of disk are free", "Free some disk space.", ok=False)
    if not (root / FOLDER_NAME).is_dir():
        yield Finding(
            "it has no versions yet",
            "Tag a cell `checkpoint` and run it, or run: mlversion checkpoint NOTEBOOK",
            ok=False,
        )
        return
    try:
        repository = open_repository(root)
        yield from _repository(repository)
    except MlversionError as error:
        yield Finding(error.message, error.hint, ok=False)


def _repository(repository: Repository) -> Iterator[Finding]:
    versions = repository.log(limit=1)
    if versions:
        yield Finding(f"the newest version is {versions[0].short} of {versions[0].time:%Y-%m-%d %H:%M} UTC")
    else:
        tag = repository.config.cell_tag
        yield Finding(
            "it has no versions yet", f"Tag a cell `{tag}` and run it in a kernel that has jupyter_mlversion.", ok=False
        )
    waiting = repository.staged()
    if waiting:
        wait = repository.config.join_timeout
        advice = f"The next command that comes {wait:.0f} seconds after them makes them versions, as saved."
        yield Finding(f"{len(waiting)} staged checkpoints wait for their notebook", advice, ok=False)
    for name in repository.staging.unreadable():
        yield Finding(
            f"the staging record {name} cannot be read", f"Remove {repository.staging.folder / name}.", ok=False
        )
    artifacts = repository.show(versions[0].id).snapshot.artifacts if versions else ()
    for artifact in artifacts:
        if artifact.state == State.STORED or artifact.is_absent or artifact.is_chosen:
            continue
        yield Finding(f"{artifact.path} is in the newest version by its digest only: {artifact.reason}", ok=False)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def _install() -> str:
    return f"Run: {sys.executable} -m pip install jupyter_mlversion"
