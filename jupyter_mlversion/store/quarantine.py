"""Where packs wait that nothing needs, before they are removed; whoever does need one brings it back.

The time since when a pack waits is in a record beside the packs. A pack without one has just come; a clock that goes
back makes it wait longer, and one that jumps ahead only removes what still nothing needs.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.folder import Folder, make_durably, sync_folder
from jupyter_mlversion.store.survey import listed, load

if TYPE_CHECKING:
    from pathlib import Path

_RECORD = "since.json"
_TICK = 100_000_000  # nanoseconds


class Quarantine:
    """The quarantine at `path` of the packs in `packs`; usable from several threads and processes."""

    def __init__(self, path: Path, packs: Folder) -> None:
        self.folder = Folder(path)
        self._packs = packs
        self._lock = threading.Lock()
        self._looked: int | None = None  # the stamp of the folder when it was last looked at
        self._holders: dict[bytes, bytes] = {}

    @property
    def nbytes(self) -> int:
        """Bytes that the packs here take."""
        return self.folder.nbytes()

    def take(self, names: Iterable[bytes]) -> None:
        """Move packs here; the caller is the only one who does.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; each pack is in one place or the other.
        """
        names = list(names)
        if names:
            with failures("making the quarantine"):
                make_durably(self.folder.path)
            self.note(names)
            with failures("moving packs into the quarantine"):
                for name in names:
                    self._packs.pack(name).rename(self.folder.pack(name))
                self._sync()

    def tidy(self) -> None:
        """Remove what killed collectors left behind; the caller is the only one who collects."""
        self.folder.reclaim()
        for leftover in self.folder.path.glob(f".{_RECORD}.*"):
            leftover.unlink(missing_ok=True)

    def note(self, names: Iterable[bytes] = ()) -> None:
        """Record that packs wait from now on, and forget those that do no more."""
        now, since = time.time(), self.since()
        kept = {name.hex(): min(since[name], now) if name in since else now
                for name in sorted({*self.folder.names(), *names})}
        if kept != {name.hex(): moment for name, moment in since.items()}:
            _write(self.folder.path / _RECORD, json.dump(kept))

    def since(self) -> dict[bytes, float]:
        """Since when packs wait, as far as that is recorded: seconds since the epoch."""
        try:
            plain = json.load((self.folder.path / _RECORD).read_bytes())
            return {bytes.fromhex(name): float(moment) for name, moment in plain.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def waited(self, seconds: float) -> set[bytes]:
        """The packs that have waited at least so long."""
        now, since = time.time(), self.since()
        return {name for name in self.folder.names() if seconds == 0 or now - since.get(name, now) >= seconds}

    def bring_back(self, name: bytes) -> bool:
        """Move a pack back among the others; whether it was here.

        Raises
        ------
        FileFailure : the operating system refused.
        """
        with failures("bringing a pack back"):
            try:
                self.folder.pack(name).rename(self._packs.pack(name))
            except FileNotFoundError:
                return False
            self._sync()
        return True

    def holder(self, wanted: bytes) -> bytes | None:
        """The name of a pack here that holds the chunk, or the manifest of the content, with that hash."""
        stamp = self.folder.stamp()
        with self._lock:
            if stamp != self._looked:
                packs = load(self.folder, self.folder.names())
                self._holders = {key: name for name, pack in packs.items() for key in pack.keys}
                # within a tick of the file system's clock, another change may leave the same stamp
                self._looked = stamp if time.time_ns() - stamp > _TICK else None
            return self._holders.get(wanted) or self._holders.get(listed(wanted))

    def remove(self, names: Iterable[bytes]) -> None:
        """Remove packs for good; one that was brought back meanwhile is not here any more.

        Raises
        ------
        FileFailure : the operating system refused.
        """
        with failures("clearing the quarantine"):
            for name in names:
                self.folder.pack(name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                sync_folder(self.folder.path)

    def _sync(self) -> None:
        for folder in (self.folder, self._packs):
            sync_folder(folder.path)


def _write(path: Path, data: bytes) -> None:
    """Replace a small file, durably."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with failures("writing the record of the quarantine"):
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
