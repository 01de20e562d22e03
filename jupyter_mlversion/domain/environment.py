"""Where a version was made."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mlversion.domain.digest import Digest


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment that a kernel ran in.

    Parameters
    ----------
    python : version, as ``3.11.7``.
    implementation : ``CPython``.
    platform : as `platform.platform` says it.
    packages : installed distributions, normalised name → version.
    hardware : ``cpu``, ``cores``, ``memory`` (bytes), ``gpus`` as text; what is unknown is absent.
    seeds : random seeds that were seen, by generator.
    """

    python: str = ""
    implementation: str = ""
    platform: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    hardware: dict[str, str] = field(default_factory=dict)
    seeds: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeState:
    """The state of the user's own Git repository and of the local modules in use.

    Parameters
    ----------
    commit : full id of the user's HEAD commit; empty without a repository or commit.
    branch : its branch; empty when detached.
    dirty : whether tracked files differ from HEAD.
    diff : digest of the stored ``git diff HEAD``; None when clean, too large, or switched off.
    modules : imported modules' files inside the workspace, sorted workspace paths.
    """

    commit: str = ""
    branch: str = ""
    dirty: bool = False
    diff: Digest | None = None
    modules: tuple[str, ...] = ()
