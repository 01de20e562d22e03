"""Which files belong to no version."""

from __future__ import annotations

import os
import re
import sys
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from jupyter_mlversion.config import Config

EDITION = 1
"""The number of the built-in rules below; to be raised with every change of them."""

_NEVER = re.compile(r"(^|/)\.((git|mlversion)(/|$)|mlversion-restore-)", re.IGNORECASE)

_FOLDERS = frozenset({
    "site-packages", "dist-packages", "node_modules", "__pycache__", ".ipynb_checkpoints", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".cache", ".tox", ".nox", ".aws", ".ssh", ".gnupg",
})
_SECRETS = (".env", ".env.*", "*.pem", "*.key", "id_rsa*", "id_ed25519*", "id_ecdsa*", "id_dsa*", "credentials*",
            ".netrc", ".pgpass", ".git-credentials", ".pypirc", ".npmrc")
_LITTER = ("*.pyc", "*.pyo", ".~*", "*.swp", ".DS_Store")
_FILES = (*_SECRETS, *_LITTER)

_ALL = frozenset({"*", "**", "/*", "/**", "**/*"})
"""Patterns that fit every file."""

_MARKERS = ("pyvenv.cfg", "conda-meta")
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/run/", "/usr/lib/")


def never(path: str) -> bool:
    """Whether `path` is part of Git's or of our own administration: kept by no version, even on request."""
    return _NEVER.search(path) is not None


class Ignore:
    """The rules of one workspace, for the time of one checkpoint (what folders hold is remembered).

    Left out are, unless `config.track` names them: virtual environments (folders that hold ``pyvenv.cfg`` or
    ``conda-meta``), installed packages, caches, secrets, and `config.ignore`'s patterns. The user's ``.gitignore``
    does not count: data and models are what it usually lists. ``.git`` and ``.mlversion`` are left out always.

    A built-in rule yields only to a pattern that names what the rule left out: ``*.pem`` or ``certs/*.pem`` brings in a
    key, ``certs/`` or ``*`` do not; ``.venv/notes.txt`` brings in that file, ``*.txt`` does not.

    Parameters
    ----------
    root : the workspace.
    config : its settings.
    """

    def __init__(self, root: Path, config: Config) -> None:
        self._root = str(root)
        self._config = config
        self._environments: dict[str, bool] = {}
        installed = {f"{prefix}/" for prefix in (sys.prefix, sys.base_prefix)} - {"/usr/", "//"}
        self._system = (*_SYSTEM, *installed)

    def matches(self, path: str) -> bool:
        """Whether `path` is left out: a workspace path (of a folder: with ``/`` at its end), or an absolute one."""
        if never(path):
            return True
        if path.startswith("/"):
            return path.startswith(self._system) or self._culprit(path) is not None
        culprit = self._culprit(path)
        if culprit is not None:
            return not (self.tracks(path) and self._named(culprit))
        return bool(self._config.ignore) and self._ignored(path) and not self.tracks(path)

    def tracks(self, path: str) -> bool:
        """Whether a pattern of `config.track` fits."""
        return self._tracks_all or (bool(self._config.track) and self._tracked(path))

    def kept(self, folder: str, names: Iterable[str], *, tracked_only: bool) -> list[str]:
        """Of the names in `folder` (a workspace path; empty for the workspace) those of files that are not left out.

        Parameters
        ----------
        tracked_only : only those that a pattern of `config.track` fits.
        """
        if tracked_only and not self._config.track:
            return []
        prefix = f"{folder}/" if folder else ""
        if never(prefix) or self.culprit(folder) or self._config.ignore:
            paths = ((name, prefix + name) for name in names)
            return [name for name, path in paths
                    if not self.matches(path) and (not tracked_only or self.tracks(path))]
        if not tracked_only or self._tracks_all:
            return [name for name in names if not _is_suspect(name) or not self.matches(prefix + name)]
        return [name for name in names if self._tracked(prefix + name)
                and (not _is_suspect(name) or not self.matches(prefix + name))]

    def culprit(self, folder: str) -> str:
        """The part of a folder's workspace path for which a built-in rule leaves out what it holds; empty without."""
        return (self._culprit(f"{folder}/") or "") if folder else ""

    def prunes(self, folder: str, names: Iterable[str] | None = None) -> bool:
        """Whether nothing below `folder` (a workspace path without ``/`` at its end) can belong to a version.

        Parameters
        ----------
        names : what the folder holds, when that is known already.
        """
        if never(folder):
            return True
        if names is not None:
            self._environments.setdefault(folder, any(name in _MARKERS for name in names))
        culprit = self._culprit(f"{folder}/")
        if culprit is not None:
            return not self._named(culprit)
        return bool(self._config.ignore) and not self._config.track and self._ignored(f"{folder}/")

    def _culprit(self, path: str) -> str | None:
        """The part of `path` for which a built-in rule leaves it out, or None."""
        folders, _, name = path.rpartition("/")
        below = ""
        for part in folders.split("/") if folders else ():
            below = f"{below}/{part}" if below else part
            if part in _FOLDERS or self._is_environment(below, path):
                return part
        return name if name and _is_file_left_out(name) else None

    def _is_environment(self, folder: str, path: str) -> bool:
        if path.startswith("/"):
            folder = f"/{folder.lstrip('/')}"
        known = self._environments.get(folder)
        if known is None:
            place = os.path.join(self._root, folder)
            known = any(os.path.exists(f"{place}/{marker}") for marker in _MARKERS)
            self._environments[folder] = known
        return known

    def _named(self, culprit: str) -> bool:
        """Whether a `track` pattern has a part, more than wildcards, that fits `culprit`."""
        return any(fnmatchcase(culprit, part) for part in self._track_parts)

    @cached_property
    def _track_parts(self) -> tuple[str, ...]:
        patterns = (pattern for pattern in self._config.track if not pattern.startswith(("!", "#")))
        parts = (part for pattern in patterns for part in pattern.split("/"))
        return tuple(part for part in parts if re.sub(r"\[[^\]]*\]|[*?.]", "", part))

    @cached_property
    def _tracked(self) -> Callable[[str], bool]:
        return _matcher(self._config.track)

    @cached_property
    def _tracks_all(self) -> bool:
        """Whether every path fits, so that none needs to be matched."""
        return any(pattern in _ALL for pattern in self._config.track) and not any(
            pattern.lstrip().startswith("!") for pattern in self._config.track)

    @cached_property
    def _ignored(self) -> Callable[[str], bool]:
        return _matcher(self._config.ignore)


_LEFT_OUT = re.compile("|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in _FILES), re.DOTALL)


def _is_suspect(name: str) -> bool:
    """Whether a built-in rule may leave out a file of that name, in a folder that none leaves out."""
    return name[:1] == "." or _LEFT_OUT.fullmatch(name) is not None


def _is_file_left_out(name: str) -> bool:
    return _LEFT_OUT.fullmatch(name) is not None


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file
