"""What the user can set in ``mlversion.toml`` at the root of the workspace; sensible without it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import FileFailure, InvalidConfig

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "mlversion.toml"
FOLDER_NAME = ".mlversion"

KINDS = ("content", "digest", "external")
"""What can be kept of a file."""

_FOREVER = 1e6  # days or minutes: longer than anybody waits, and no time that overflows

_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}


@dataclass(frozen=True, slots=True)
class StorageRule:
    """What is kept of some files.

    Parameters
    ----------
    patterns : which files, as in ``.gitignore``.
    keep : ``content``; ``digest`` only; or ``external``, when the bytes lie elsewhere already and are never copied.
    larger_than : bytes; smaller files, and files as large, do not fit.
    where : of an external one, the path or URI of its bytes; ``{path}`` and ``{name}`` stand for the file's.
    """

    patterns: tuple[str, ...]
    keep: str
    larger_than: int = -1
    where: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one workspace.

    Parameters
    ----------
    track : patterns, as in ``.gitignore``, of files that belong to every version though nothing was seen to touch them.
    ignore : patterns of files that belong to none.
    size_limit : bytes; a larger file is recorded by its digest only.
    quota : bytes that the store may take; as a percentage text, of the disk's free space and the store together.
    cell_tag : the tag that makes a cell a checkpoint.
    join_timeout : seconds that a staged checkpoint waits for its document.
    git_diff : whether the uncommitted diff of the user's own Git repository is kept.
    storage : rules for what is kept of a file; the first that fits counts.
    keep_last, keep_daily, keep_weekly : versions of each line that `mlversion gc` keeps; None for all. See `Keep`.
    keep_safety_days : days that a safety version is kept at least; None: for ever.
    quarantine_days : days that bytes which nothing needs can still be brought back.
    idle_minutes : minutes without a checkpoint after which the server makes the store smaller; 0: never.
    lower_is_better, higher_is_better : patterns of metrics' names; see `domain.direction`.
    """

    track: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    size_limit: int = 4 * 2**30
    quota: int | str = "50%"
    cell_tag: str = "checkpoint"
    join_timeout: float = 30.0
    git_diff: bool = True
    storage: tuple[StorageRule, ...] = ()
    keep_last: int | None = None
    keep_daily: int | None = None
    keep_weekly: int | None = None
    keep_safety_days: float | None = 30.0
    quarantine_days: float = 14.0
    idle_minutes: float = 10.0
    lower_is_better: tuple[str, ...] = ()
    higher_is_better: tuple[str, ...] = ()

    def quota_bytes(self, free: int, used: int) -> int:
        """The quota in bytes, when the disk has `free` bytes left and the store has `used`."""
        if isinstance(self.quota, int):
            return self.quota
        return int((free + used) * float(self.quota.rstrip("%")) / 100)


def parse_size(text: str | int) -> int:
    """Bytes of ``"500 MB"``, ``"2 GiB"`` or a plain number.

    Raises
    ------
    ValueError : it is neither.
    """
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", str(text).strip())
    if not match or match[2].upper() not in _UNITS:
        message = f"{text!r} is not a size; write for example 500 MB or 2 GiB"
        raise ValueError(message)
    return int(float(match[1]) * _UNITS[match[2].upper()])


def load_config(root: Path) -> Config:
    """The settings of the workspace at `root`.

    Raises
    ------
    InvalidConfig : the file is not TOML, or has an unknown or unusable entry.
    FileFailure : the file cannot be read.
    """
    path = root / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{FILE_NAME} is not valid TOML: {error}"
        raise InvalidConfig(message, hint=f"Correct {path}, or remove it.") from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise FileFailure(message) from error
    known = {field.name for field in fields(Config)}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            message = f"{FILE_NAME} has an unknown entry: {name}"
            raise InvalidConfig(message, hint=f"Known entries: {', '.join(sorted(known))}.")
        try:
            values[name] = _READERS[name](value)
        except (TypeError, ValueError) as error:
            message = f"{FILE_NAME}: {name}: {error}"
            raise InvalidConfig(message, hint=f"Correct {path}.") from error
    return Config(**values)


def _patterns(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = "must be a list of patterns"
        raise TypeError(message)
    return tuple(value)


def _quota(value: Any) -> int | str:
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?\s*%", value.strip()):
        return value.replace(" ", "")
    return parse_size(value)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        message = "must be a number of seconds"
        raise TypeError(message)
    return float(value)


def _tag(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        message = "must be the name of a cell tag"
        raise TypeError(message)
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        message = "must be true or false"
        raise TypeError(message)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = "must be a whole number from 1"
        raise ValueError(message)
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _FOREVER:
        message = "must be a number from 0"
        raise ValueError(message)
    return float(value)


def _days_or_never(value: Any) -> float | None:
    """Days; ``"forever"`` for no end."""
    return None if value == "forever" else _number(value)


def _storage(value: Any) -> tuple[StorageRule, ...]:
    if not isinstance(value, list) or not all(isinstance(rule, dict) for rule in value):
        message = "must be tables: [[storage]]"
        raise TypeError(message)
    return tuple(_rule(rule) for rule in value)


def _rule(table: dict[str, Any]) -> StorageRule:
    unknown = sorted(set(table) - {"patterns", "keep", "larger_than", "where"})
    if unknown:
        message = f"unknown entry: {unknown[0]}"
        raise ValueError(message)
    keep, where = table.get("keep"), table.get("where", "")
    if keep not in KINDS:
        message = f"keep must be one of {', '.join(KINDS)}"
        raise ValueError(message)
    if not isinstance(where, str) or (keep == "external") != bool(where.strip()):
        message = 'where (a path or URI) is needed with keep = "external", and only with it'
        raise ValueError(message)
    larger_than = parse_size(table["larger_than"]) if "larger_than" in table else -1
    return StorageRule(_patterns(table.get("patterns", ["*"])), keep, larger_than, where)


_READERS = {
    "track": _patterns,
    "ignore": _patterns,
    "size_limit": parse_size,
    "quota": _quota,
    "cell_tag": _tag,
    "join_timeout": _seconds,
    "git_diff": _switch,
    "storage": _storage,
    "keep_last": _count,
    "keep_daily": _count,
    "keep_weekly": _count,
    "keep_safety_days": _days_or_never,
    "quarantine_days": _number,
    "idle_minutes": _number,
    "lower_is_better": _patterns,
    "higher_is_better": _patterns,
}
