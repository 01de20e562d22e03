"""Staged checkpoints: what a kernel captured and what still waits for its document."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.snapshot import Snapshot  # noqa: TC001 - looked up when a record is read
from jupyter_mlversion.domain.version import Checkpoint  # noqa: TC001 - likewise
from jupyter_mlversion.errors import UnknownKey, UsageError
from jupyter_mlversion.repository.durable import os_failure, write_durably

FORMAT = 1
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")


@dataclass(frozen=True, slots=True)
class Staged:
    """A checkpoint whose files are stored and which is not yet a version.

    Parameters
    ----------
    checkpoint : the event.
    snapshot : everything but the notebook.
    bytes_new : of what was staged; see `Version`.
    seconds : how long staging took.
    """

    checkpoint: Checkpoint
    snapshot: Snapshot
    bytes_new: int
    seconds: float

    @property
    def session(self) -> str:
        """The kernel session that staged it: the key up to its first dot."""
        return self.checkpoint.key.partition(".")[0]


class Staging:
    """The folder of staging records.

    Parameters
    ----------
    folder : ``.mlversion/staging``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, staged: Staged) -> None:
        """Make the record durable; from here on the checkpoint survives anything."""
        self.folder.mkdir(parents=True, exist_ok=True)
        record = {"format": FORMAT, **to_plain(staged)}
        write_durably(self._path(staged.checkpoint.key), canonical.dump(record))

    def read(self, key: str) -> Staged:
        """The record of `key`.

        Raises
        ------
        UnknownKey : there is none.
        FileFailure : it cannot be read.
        """
        path = self._path(key)
        try:
            return _parse(path.read_bytes())
        except FileNotFoundError as error:
            message = f"no checkpoint is staged under the key {key}"
            raise UnknownKey(message) from error
        except OSError as error:
            raise os_failure(error, path) from error

    def holds(self, key: str) -> bool:
        """Whether `key` is staged and waits."""
        return self._path(key).exists()

    def remove(self, key: str) -> None:
        """Forget `key`; gone already is fine."""
        self._path(key).unlink(missing_ok=True)

    def records(self) -> list[Staged]:
        """Every readable record, oldest first; a record that cannot be read is left for `doctor` to show."""
        found = []
        for path in self._files():
            try:
                found.append(_parse(path.read_bytes()))
            except (OSError, ValueError, msgspec.ValidationError):
                continue
        return sorted(found, key=lambda staged: (staged.checkpoint.time, staged.checkpoint.key))

    def unreadable(self) -> list[str]:
        """Names of records that cannot be read."""
        bad = []
        for path in self._files():
            try:
                _parse(path.read_bytes())
            except FileNotFoundError:
                continue
            except (OSError, ValueError, msgspec.ValidationError):
                bad.append(path.name)
        return bad

    def _files(self) -> list[Path]:
        try:
            with os.scandir(self.folder) as entries:
                return [Path(entry.path) for entry in entries if entry.name.endswith(".json") and entry.is_file()]
        except FileNotFoundError:
            return []

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            message = f"not a checkpoint key: {key!r}"
            raise UsageError(message)
        return self.folder / f"{key}.json"


def _parse(data: bytes) -> Staged:
    plain = canonical.load(data)
    if not isinstance(plain, dict) or plain.pop("format", None) != FORMAT:
        message = "not a staging record of this format"
        raise ValueError(message)
    return from_plain(Staged, plain)
