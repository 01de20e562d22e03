"""What is kept of a file: its bytes, its digest, or where its bytes lie already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import BY_RULE, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.config import Config, StorageRule


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a file, and why not its bytes; the reason is empty when they are."""

    state: State = State.STORED
    reason: str = ""


class Policy:
    """The rules of one workspace: the first of `config.storage` that fits a file counts, and after those `size_limit`.

    Parameters
    ----------
    unlimited : keep every byte whatever the rules say: before a restore, nothing may be lost.
    """

    def __init__(self, config: Config, *, unlimited: bool = False) -> None:
        self._config = config
        self._unlimited = unlimited

    def kept(self, path: str, size: int) -> Kept:
        """What is kept of a file of `size` bytes at a workspace path."""
        if self._unlimited:
            return Kept()
        for rule, fits in self._rules:
            if size > rule.larger_than and fits(path):
                return _by(rule, path)
        limit = self._config.size_limit
        if size > limit:
            return Kept(State.DIGEST_ONLY, f"larger than size_limit ({_human(limit)}): only its digest is kept; "
                                           "to keep its bytes, raise size_limit in mlversion.toml")
        return Kept()

    @cached_property
    def _rules(self) -> list[tuple[StorageRule, Callable[[str], bool]]]:
        if not self._config.storage:
            return []
        from pathspec import GitIgnoreSpec

        return [(rule, GitIgnoreSpec.from_lines(rule.patterns).match_file) for rule in self._config.storage]


def _by(rule: StorageRule, path: str) -> Kept:
    if rule.keep == "content":
        return Kept()
    if rule.keep == "digest":
        return Kept(State.DIGEST_ONLY, BY_RULE)
    where = rule.where.replace("{path}", path).replace("{name}", path.rpartition("/")[2])
    return Kept(State.EXTERNAL, f"its bytes are kept at {where}: to have it back, fetch it from there")


def _human(size: int) -> str:
    value = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:  # noqa: PLR2004 - the step between the units
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"
