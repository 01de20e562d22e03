"""What a store consists of, for those who work in it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.store import lock

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.index import Index
    from jupyter_mlversion.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of the store in the folder `root`."""

    root: Path
    folder: Folder
    index: Index
    reader: Reader

    def storing(self) -> AbstractContextManager[None]:
        """While the block runs, nothing in the store is taken for rubbish; see `Store.storing`."""
        return lock.shared(self.root / "storing.lock")

    def alone(self, *, patience: float) -> AbstractContextManager[bool]:
        """While the block runs, nobody is `storing`; whether that was granted within `patience` seconds."""
        return lock.alone(self.root / "storing.lock", patience=patience)
